"""Python imports this when a measured server starts: it hides the packages of HIDDEN_PACKAGES.

The libraries of the product import some of them where they are installed (Django REST Framework
imports requests, say), and a site has no packages of tests and linters.
"""

import os
import sys

sys.modules.update(dict.fromkeys(os.environ["HIDDEN_PACKAGES"].split(",")))  # type: ignore[arg-type]
