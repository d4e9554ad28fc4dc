"""The head of every page: the name, and switches for the language and for light and dark."""

from __future__ import annotations

from .parts import html
from .words import COOKIE, LANGUAGES, both, say

#: A face that speaks: two sound waves beside a head.
MARK = (
    '<svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true"><rect width="32" height="32" rx="9" fill="currentColor"/>'
    '<circle cx="13" cy="12.5" r="4.6" fill="var(--mark)"/><path d="M5.5 25c.6-4.6 3.6-7 7.5-7s6.9 2.4 7.5 7" fill="var(--mark)"/>'
    '<path d="M21.5 9.5c1.5 1.8 1.5 4.2 0 6M24.6 7.2c2.7 3.2 2.7 7.4 0 10.6" fill="none" stroke="var(--mark)" stroke-width="1.9" '
    'stroke-linecap="round"/></svg>'
)

HALF_MOON = (
    '<svg viewBox="0 0 20 20" width="18" height="18" aria-hidden="true"><circle cx="10" cy="10" r="7" fill="none" stroke="currentColor" '
    'stroke-width="1.6"/><path d="M10 3a7 7 0 0 1 0 14z" fill="currentColor"/></svg>'
)

#: Runs before Gradio does: the language that the visitor chose, and the colours of the last visit.
HEAD = f"""
<script>
(() => {{
  const chosen = (document.cookie.match(/(?:^|; ){COOKIE}=(en|zh)/) || [])[1];
  if (chosen) {{
    const name = chosen === 'zh' ? 'zh-CN' : 'en';
    Object.defineProperty(navigator, 'language', {{get: () => name}});
    Object.defineProperty(navigator, 'languages', {{get: () => [name]}});
  }}
  window.studioLanguage = (navigator.language || 'en').toLowerCase().startsWith('zh') ? 'zh' : 'en';
  document.documentElement.dataset.language = window.studioLanguage;
  const address = new URL(location.href);
  const colours = localStorage.getItem('studio_colours');
  if (colours && !address.searchParams.has('__theme')) {{
    address.searchParams.set('__theme', colours);
    history.replaceState(null, '', address);
  }}
}})();
</script>
"""

#: An attribute cannot be in two languages of which one is hidden.
LABEL = " · ".join(say(language, "header.colours") for language in LANGUAGES)

_JS = f"""
element.addEventListener('click', event => {{
  const button = event.target.closest('[data-switch]');
  if (!button) return;
  if (button.dataset.switch === 'language') {{
    const other = window.studioLanguage === 'zh' ? 'en' : 'zh';
    document.cookie = '{COOKIE}=' + other + '; path=/; max-age=31536000; samesite=lax';
    location.reload();
  }} else {{
    const dark = document.body.classList.toggle('dark');
    localStorage.setItem('studio_colours', dark ? 'dark' : 'light');
  }}
}});
"""


def header() -> None:
    html(
        f'<div class="topbar"><span class="brand">{MARK}<b>HeyGen Studio</b></span><span class="switches">'
        f'<button type="button" data-switch="language" >{both("header.other")}</button>'
        f'<button type="button" data-switch="colours" aria-label="{LABEL}" title="{LABEL}">'
        f"{HALF_MOON}</button></span></div>",
        js_on_load=_JS,
        elem_classes="head",
    )
