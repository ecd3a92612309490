"""Pages for subscribers. They set no cookie, work without JavaScript, and GET changes nothing.

A link's token is the only credential. A forged POST would have to know it, so these pages need
no other token against forgery, and mail programs can unsubscribe with one request (RFC 8058).
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from reminders import feeds, links, services
from reminders.forms import LinkForm, SubscribeForm, WishForm
from reminders.models import Subscriber, Subscription
from reminders.selections import canonical, in_words
from reminders.wishes import in_words as wishes_in_words

View = Callable[..., HttpResponse]


def personal(view: View) -> View:
    """Keep an address with a token out of caches, search engines and the Referer header."""

    @csrf_exempt
    @wraps(view)
    def wrapper(*args: Any, **options: Any) -> HttpResponse:
        response = view(*args, **options)
        response.headers["Cache-Control"] = "private, no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    return wrapper


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def subscribe(request: HttpRequest) -> HttpResponse:
    """The form; its filter is that of the list one comes from."""
    if request.method == "POST":
        form = SubscribeForm(request.POST)
        if form.is_valid():
            return _subscribed(form)
        query = form.cleaned_data.get("query", "")
    else:
        query = canonical(request.META.get("QUERY_STRING", ""))
        form = SubscribeForm(initial={"query": query})
    context = {"form": form, "conditions": in_words(query), "query": query}
    return render(request, "reminders/subscribe.html", context, status=400 if form.errors else 200)


def _subscribed(form: SubscribeForm) -> HttpResponse:
    channel = form.cleaned_data["channel"]
    is_mail = channel == Subscription.Channel.EMAIL
    email = form.cleaned_data["email"] if is_mail else ""
    made = services.subscribe(wish=form.wish(channel), email=email)
    if is_mail or made is None:  # the same for an address that is known and one that is not
        return HttpResponseRedirect(reverse("reminders:asked"), status=303)
    address = reverse("reminders:manage", args=[links.token("manage", made.subscriber)])
    response = HttpResponseRedirect(address, status=303)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@require_GET
def asked(request: HttpRequest) -> HttpResponse:
    return render(request, "reminders/asked.html")


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def lost_link(request: HttpRequest) -> HttpResponse:
    """Where a subscriber has the link to their page sent again."""
    form = LinkForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        services.send_link(email=form.cleaned_data["email"])
        return HttpResponseRedirect(reverse("reminders:link-sent"), status=303)
    return render(
        request, "reminders/link.html", {"form": form}, status=400 if form.errors else 200
    )


@require_GET
def link_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "reminders/link_sent.html")


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The second half of opting in: a page with a button, since programs follow links."""
    subscription = _find("confirm", token)
    if request.method == "POST":
        services.confirm(subscription=subscription)
        return _to_manage(subscription.subscriber)
    context = {
        "subscription": subscription,
        "conditions": in_words(subscription.selection.query),
        "wishes": wishes_in_words(subscription),
    }
    return render(request, "reminders/confirm.html", context)


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """A page with a button, and the one-click request of mail programs; twice is once."""
    subscription = links.find("unsubscribe", token, Subscription.objects.all())
    if request.method == "POST":
        if subscription is not None:
            services.unsubscribe(subscription=subscription)
        return render(request, "reminders/unsubscribed.html")
    context = {"subscription": subscription}
    if subscription is not None:
        context["conditions"] = in_words(subscription.selection.query)
    return render(request, "reminders/unsubscribe.html", context)


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def manage(request: HttpRequest, token: str) -> HttpResponse:
    """Everything that a subscriber has, and what can be done about it."""
    subscriber = _find("manage", token)
    if request.method == "POST":
        return _act(request, subscriber)
    rows = [
        {
            "subscription": row,
            "conditions": in_words(row.selection.query),
            "wishes": wishes_in_words(row),
            "fetch": _fetch_address(row),
            "webcal": _webcal_address(row),
            "last": list(row.deliveries.exclude(kind="confirm")[:5]),
        }
        for row in subscriber.subscriptions.select_related("selection")
    ]
    context = {"subscriber": subscriber, "rows": rows, "token": token}
    return render(request, "reminders/manage.html", context)


def _fetch_address(subscription: Subscription) -> str:
    if subscription.channel in {Subscription.Channel.CALENDAR, Subscription.Channel.FEED}:
        return links.address(subscription.channel, subscription)
    return ""


def _webcal_address(subscription: Subscription) -> str:
    """Has the calendar program subscribe rather than take over the events of today."""
    if subscription.channel != Subscription.Channel.CALENDAR:
        return ""
    return "webcal:" + _fetch_address(subscription).partition(":")[2]


def _act(request: HttpRequest, subscriber: Subscriber) -> HttpResponse:
    """Do what a button of the page asks for."""
    action = request.POST.get("action", "")
    if action == "erase":
        services.erase(subscriber=subscriber)
        return render(request, "reminders/unsubscribed.html")
    if action == "renew":
        services.renew_links(subscriber=subscriber)
        return _to_manage(subscriber)
    subscription = _own(subscriber, request.POST.get("subscription", ""))
    actions: dict[str, Callable[..., Any]] = {
        "pause": services.switch_off,
        "resume": services.confirm,
        "delete": services.unsubscribe,
        "test": services.send_test,
    }
    if action not in actions or (action == "resume" and subscription.confirmed_at is None):
        raise Http404
    actions[action](subscription=subscription)
    if action == "delete" and not Subscriber.objects.filter(pk=subscriber.pk).exists():
        return render(request, "reminders/unsubscribed.html")
    return _to_manage(subscriber)


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, token: str, number: int) -> HttpResponse:
    """Change one subscription."""
    subscriber = _find("manage", token)
    subscription = _own(subscriber, str(number))
    form = WishForm(request.POST or None, initial=WishForm.initial_of(subscription))
    if request.method == "POST" and form.is_valid():
        services.change(subscription=subscription, wish=form.wish(subscription.channel))
        return _to_manage(subscriber)
    context = {
        "form": form,
        "subscription": subscription,
        "conditions": in_words(subscription.selection.query),
        "manage_url": reverse("reminders:manage", args=[token]),
    }
    return render(request, "reminders/edit.html", context, status=400 if form.errors else 200)


@personal
@require_GET
def export(request: HttpRequest, token: str) -> HttpResponse:
    """All that is kept of a subscriber, as JSON."""
    response = JsonResponse(
        services.export(_find("manage", token)), json_dumps_params={"indent": 2}
    )
    response.headers["Content-Disposition"] = 'attachment; filename="reminders.json"'
    return response


@personal
@require_GET
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """The events of a subscription as iCalendar, with an alarm for each lead."""
    subscription = _find("calendar", token)
    if not subscription.is_active:
        raise Http404
    services.note_fetch(subscription)
    return HttpResponse(
        feeds.calendar_of(subscription), content_type="text/calendar; charset=utf-8"
    )


@personal
@require_GET
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """What a subscription was told, newest first, as Atom."""
    subscription = _find("feed", token)
    if not subscription.is_active:
        raise Http404
    services.note_fetch(subscription)
    return HttpResponse(
        feeds.feed_of(subscription), content_type="application/atom+xml; charset=utf-8"
    )


def _find(purpose: str, token: str) -> Any:
    rows = (
        Subscriber.objects.all()
        if purpose == "manage"
        else Subscription.objects.select_related("subscriber", "selection")
    )
    found = links.find(purpose, token, rows)
    if found is None:
        raise Http404(_("This link is not valid any more."))
    return found


def _own(subscriber: Subscriber, number: str) -> Subscription:
    """A subscription of this very subscriber."""
    found = subscriber.subscriptions.filter(pk=number).first() if number.isdecimal() else None
    if found is None:
        raise Http404
    return found


def _to_manage(subscriber: Subscriber) -> HttpResponse:
    subscriber.refresh_from_db()
    token = links.token("manage", subscriber)
    return HttpResponseRedirect(reverse("reminders:manage", args=[token]), status=303)
