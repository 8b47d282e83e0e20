"""The first page."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for

from ..rest.services import services
from . import docs_site, index, web_ui
from .layout import respond, site

pages = Blueprint("home", __name__)


@pages.get("/")
def home():
    """Say what this is, and lead to what people look for; who is logged in begins in the web UI, where there is one."""
    if web_ui.is_served() and site().user:
        return redirect(web_ui.dashboard())
    return respond("home.html", groups=index.for_people(services().registry), has_docs=docs_site.is_built())


@pages.get("/favicon.ico")
def favicon():
    """Send browsers that do not read the page to the icon."""
    return redirect(url_for("static", filename="images/favicon.svg"), 301)
