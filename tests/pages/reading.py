"""A page as a reader sees it: texts and links of elements, found by tag and class."""

from html.parser import HTMLParser

_VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


class Element:
    """An element with its attributes, text pieces and children."""

    def __init__(self, tag: str, attributes: dict[str, str]) -> None:
        self.tag, self.attributes = tag, attributes
        self.content: list[str | Element] = []

    @property
    def text(self) -> str:
        """All text in it, white space as one blank."""
        pieces = [part if isinstance(part, str) else f"{part._raw}" for part in self.content]
        return " ".join("".join(pieces).split())

    @property
    def _raw(self) -> str:
        return "".join(part if isinstance(part, str) else part._raw for part in self.content)

    def all(self, tag: str = "", cls: str = "") -> list["Element"]:
        """Elements inside it, in order, with this tag and class (empty: any)."""
        found = []
        for part in self.content:
            if isinstance(part, str):
                continue
            if tag in {"", part.tag} and (not cls or cls in part["class"].split()):
                found.append(part)
            found += part.all(tag, cls)
        return found

    def texts(self, tag: str = "", cls: str = "") -> list[str]:
        return [element.text for element in self.all(tag, cls)]

    def one(self, tag: str = "", cls: str = "") -> "Element":
        (element,) = self.all(tag, cls)
        return element

    def by_id(self, name: str) -> "Element":
        (element,) = [part for part in self.all() if part["id"] == name]
        return element

    def links(self) -> list[tuple[str, str]]:
        return [(link.text, link["href"]) for link in self.all("a")]

    def rows(self) -> list[list[str]]:
        """The cells of the body rows of the tables in it."""
        return [
            [cell.text for cell in row.content if isinstance(cell, Element)]
            for body in self.all("tbody")
            for row in body.all("tr")
        ]

    def facts(self) -> dict[str, str]:
        """The terms and descriptions of its lists of facts."""
        terms, values = self.texts("dt"), self.texts("dd")
        return dict(zip(terms, values, strict=True))

    def __getitem__(self, name: str) -> str:
        return self.attributes.get(name, "")


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("", {})]

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attributes})
        self.open[-1].content.append(element)
        if tag not in _VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        last = self.open.pop()
        assert last.tag == tag, f"</{tag}> closes <{last.tag}>"

    def handle_data(self, data: str) -> None:
        self.open[-1].content.append(data)


def read(html: bytes | str) -> Element:
    """The page; fails when an element is closed out of turn or an id stands twice."""
    builder = _Builder()
    builder.feed(html.decode() if isinstance(html, bytes) else html)
    builder.close()
    (page,) = builder.open
    ids = [element["id"] for element in page.all() if element["id"]]
    assert len(ids) == len(set(ids)), (
        f"ids stand twice: {sorted({i for i in ids if ids.count(i) > 1})}"
    )
    return page


def main_of(html: bytes | str) -> Element:
    """The content of a page, without header and footer."""
    return read(html).one("main")
