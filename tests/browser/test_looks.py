"""Pages fit a phone, and their text can be read in daylight and in the dark."""

from __future__ import annotations

import re

import pytest

from tests.browser import samples
from tests.browser.chromium import PHONE, WIDE, expect
from tests.browser.conftest import log_in
from tests.browser.serving import weigh
from tests.conftest import key_of
from wger_flask.rest.timezone import today

PATHS = tuple(
    (
        "/ /api/v2/ /api/v2/exercise/ /api/v2/exercise/1/ /api/v2/exerciseinfo/ /api/v2/exerciseinfo/1/ "
        "/api/v2/muscle/ /api/v2/weightentry/ /api/v2/weightentry/?weight__gte=heavy /api/v2/userprofile/ "
        "/api/v2/check-language/ /api/v2/nowhere/ /user/api-key /api/v2/ingredient/ /api/v2/routine/ /user/ "
        "/user/email"
    ).split()
)

# The contrast of every text with what is behind it, by the formulas of WCAG 2.1 (1.4.3).
CONTRASTS = """() => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const rgba = colour => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, under) => [0, 1, 2].map(i => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
  const light = colour => {
    const [r, g, b] = colour.map(c => c / 255).map(c => c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const behind = element => {
    const layers = [];
    for (let node = element; node; node = node.parentElement) layers.push(rgba(getComputedStyle(node).backgroundColor));
    return layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255, 1]);
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement, text = walker.currentNode.textContent.trim();
    const aside = element.closest('svg, script, [aria-disabled], [aria-hidden], .unseen');
    if (!text || aside || !element.checkVisibility()) continue;
    const style = getComputedStyle(element), ground = behind(element), ink = over(rgba(style.color), ground);
    const [a, b] = [light(ink), light(ground)].sort((x, y) => y - x);
    const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700);
    const ratio = (a + .05) / (b + .05);
    if (ratio < (large ? 3 : 4.5)) found.push(`${text.slice(0, 40)}: ${ratio.toFixed(2)}`);
  }
  return found;
}"""


# What has the focus, and whether that can be seen: by its outline, or by the stroke of what it draws.
FOCUSED = """() => {
  const found = document.activeElement, drawn = found.querySelector('path, rect, circle, .pillar') || found;
  const style = getComputedStyle(found), seen = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  const stroked = found.closest('svg') && parseFloat(getComputedStyle(drawn).strokeWidth) >= 2;
  const box = found.getBoundingClientRect();
  const name = found.tagName + ' ' + (found.id || found.innerText || found.name || '').trim().slice(0, 40);
  return [found === document.body, Boolean(seen || stroked) && box.width > 1, name];
}"""


@pytest.mark.parametrize("size", [PHONE, WIDE])
def test_the_focus_is_seen_wherever_it_is(window, app, size):
    routine = samples.train(samples.Person(app, key_of("ada")), today())
    page = window(size)
    log_in(page, "ada")
    for path in (
        "/",
        f"/api/v2/routine/{routine}/",
        "/api/v2/weightentry/",
        "/api/v2/muscle/",
        "/user/api-key",
        "/api/v2/day/1/add-exercise/?_ask=exercise,sets&_chosen=exercise:1&_next=/",
    ):
        page.goto(path)
        unseen, count = [], 0
        for _ in range(70):
            page.keyboard.press("Tab")
            is_over, is_seen, name = page.evaluate(FOCUSED)
            if is_over:
                break
            count += 1
            unseen += [] if is_seen else [name]
        assert count > 5 and not unseen, path


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out(window, scheme):
    weigh("ada", 40)
    page = window(color_scheme=scheme)
    log_in(page, "ada")
    for path in PATHS:
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach(box => box.open = true)")
        assert page.evaluate(CONTRASTS) == [], path


def test_pages_are_dark_in_the_dark(window):
    page = window(color_scheme="dark")
    page.goto("/")
    red, green, blue = page.evaluate(
        "getComputedStyle(document.documentElement).backgroundColor.match(/[0-9]+/g).slice(0, 3).map(Number)"
    )
    assert max(red, green, blue) < 60


@pytest.mark.parametrize("size", [PHONE, {"width": 320, "height": 568}, {"width": 768, "height": 1024}, WIDE])
def test_nothing_is_wider_than_the_screen(window, size):
    weigh("ada", 40)
    page = window(size)
    log_in(page, "ada")
    for path in PATHS:
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach(box => box.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], path


def test_a_phone_shows_cards_and_a_chart_of_its_own(phone):
    weigh("ada", 40)
    log_in(phone, "ada")
    phone.goto("/api/v2/weightentry/")
    expect(phone.locator("svg.slim")).to_be_visible()
    expect(phone.locator("svg.wide")).not_to_be_visible()
    assert not phone.locator("thead").is_visible() or phone.locator("thead").bounding_box()["height"] <= 1
    label = phone.evaluate("getComputedStyle(document.querySelector('td:nth-child(2)'), '::before').content")
    assert label == '"Weight"'
    bar = phone.locator("header").bounding_box()
    assert bar["height"] < 80, "one line"
    expect(phone.get_by_role("link", name="Routines").first).not_to_be_visible()
    phone.locator("header summary").click()
    expect(phone.get_by_role("link", name="Routines").first).to_be_visible()
    expect(phone.get_by_role("button", name="Log out")).to_be_visible()
    tall = [box["height"] for box in (item.bounding_box() for item in phone.locator(".menu a").all()) if box]
    assert min(tall) >= 24  # WCAG 2.2, 2.5.8: what is to be touched


def test_the_pictures_of_the_documentation_can_be_taken(browser, tmp_path):
    """In a process of its own: Playwright drives one browser a thread."""
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, "-m", "tests.browser.screenshots", str(tmp_path), "home", "phone-chart"],
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert {path.name for path in tmp_path.iterdir()} == {"home.png", "phone-chart.png"}
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in tmp_path.iterdir())


def test_the_first_hit_of_a_search_is_in_sight(window):
    for size in (WIDE, PHONE):
        page = window(size)
        page.goto("/api/v2/exerciseinfo/?name__search=press&category=11&muscles=2")
        assert page.locator(".grid > li").first.bounding_box()["y"] < size["height"] * 0.7
        page.get_by_role("link", name="Name search: press").click()
        expect(page).not_to_have_url(re.compile("name__search"))
        expect(page.get_by_role("link", name="Clear all")).to_be_visible()


def test_the_menu_opens_every_list_without_a_script(window):
    page = window(java_script_enabled=False)
    page.goto("/")
    measured = page.get_by_role("navigation", name="Main").get_by_role("link", name="Equipment")
    expect(measured).not_to_be_visible()
    page.get_by_role("button", name="More lists").click()
    measured.click()
    page.wait_for_url("**/api/v2/equipment/")
