"""The tree of pages in two languages, filled from ``english`` and ``nepali``."""

from types import ModuleType

from wagtail.models import Locale, Page, Site

from example_site.home.models import Appeal, HomePage, MembershipPage, StandardPage
from example_site.home.sample_content import english, nepali

KINDS = {"membership": MembershipPage, "events": StandardPage, "support": StandardPage}
Pages = dict[str, Page]


def load_pages() -> None:
    """Does nothing if there are pages already, since somebody may have edited them."""
    if HomePage.objects.exists():
        return
    pages = _create_pages(_locale("en"))
    translated = _translate(pages, _locale("ne"))
    appeal = _appeal(english)
    _fill(english, pages, appeal)
    _fill(nepali, translated, _translate_appeal(appeal, nepali))


def point_site_at(port: int) -> None:
    """Set the port in the Wagtail site's address."""
    Site.objects.filter(is_default_site=True).update(hostname="127.0.0.1", port=port)


def _locale(code: str) -> Locale:
    return Locale.objects.get_or_create(language_code=code)[0]


def _create_pages(locale: Locale) -> Pages:
    """Create the pages empty, so that they can link to each other."""
    root = Page.get_first_root_node()
    home = root.add_child(instance=HomePage(title=english.TITLES["home"], slug="library", locale=locale))
    pages = {"home": home}
    for name, kind in KINDS.items():
        page = kind(title=english.TITLES[name], slug=name, show_in_menus=True, locale=locale)
        pages[name] = home.add_child(instance=page)
    thanks = StandardPage(title=english.TITLES["thanks"], slug="see-you-there", locale=locale)
    pages["thanks"] = pages["events"].add_child(instance=thanks)

    site = Site.objects.get_or_create(is_default_site=True, defaults={"root_page": home})[0]
    welcome, site.root_page, site.site_name = site.root_page, home, english.TITLES["home"]
    site.save()
    if welcome.specific_class is Page:  # Wagtail's own welcome page
        welcome.delete()
    return pages


def _translate(pages: Pages, locale: Locale) -> Pages:
    return {name: page.copy_for_translation(locale, copy_parents=True) for name, page in pages.items()}


def _appeal(content: ModuleType) -> Appeal:
    return Appeal.objects.create(name=content.TITLES["appeal"], body=content.APPEAL, locale=_locale("en"))


def _translate_appeal(appeal: Appeal, content: ModuleType) -> Appeal:
    translated = appeal.copy_for_translation(_locale("ne"))
    translated.name, translated.body = content.TITLES["appeal"], content.APPEAL
    translated.save()
    return translated


def _fill(content: ModuleType, pages: Pages, appeal: Appeal) -> None:
    bodies = content.bodies(pages, appeal)
    for name, created in pages.items():
        page = type(created).objects.get(pk=created.pk)  # reload: it has children now
        page.title = page.draft_title = content.TITLES[name]
        page.body = bodies[name]
        page.save_revision().publish()
