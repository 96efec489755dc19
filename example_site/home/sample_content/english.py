from typing import Any

from wagtail.models import Page

from example_site.home.models import Appeal

TITLES = {
    "home": "Himal Community Library",
    "membership": "Membership",
    "events": "Evening of poetry",
    "support": "Support us",
    "thanks": "See you there",
    "appeal": "A roof before the monsoon",
}

APPEAL = [
    (
        "checkout",
        {
            "heading": TITLES["appeal"],
            "text": "Our reading room leaks. One sheet of roofing costs Rs 1,200.",
            "item_name": "Roof fund: one sheet",
            "amount": "1200",
            "max_quantity": 20,
            "fields": ["name"],
            "button_text": "Give a sheet",
        },
    )
]


def bodies(pages: dict[str, Page], appeal: Appeal) -> dict[str, list[tuple[str, Any]]]:
    return {
        "home": [
            (
                "paragraph",
                "<p>Eleven thousand books, a warm room and tea, three minutes from Boudha. Everyone may read here; "
                "members take books home.</p>",
            ),
            (
                "links",
                [
                    {"page": pages["membership"], "text": "Take four books home at a time, for a whole year."},
                    {"page": pages["events"], "text": "Poets read, in Nepali, Newari and English. Saturday at five."},
                    {"page": pages["support"], "text": "Rs 100 keeps a book in one piece."},
                ],
            ),
            ("appeal", appeal),
        ],
        "membership": [
            (
                "paragraph",
                "<p>Membership lasts a year from the day you pay. You may borrow four books at a time and bring one "
                "child for free.</p>",
            ),
            (
                "checkout",
                {
                    "heading": "Become a member",
                    "text": "We ask for your name for the card, and how to reach you when a book is waiting.",
                    "item_name": "Membership for one year",
                    "amount": "1500",
                    "fields": ["name", "email", "phone"],
                },
            ),
        ],
        "events": [
            (
                "paragraph",
                "<p>Saturday at five in the reading room, with tea. There are sixty seats. Show your receipt at the "
                "door.</p>",
            ),
            (
                "checkout",
                {
                    "heading": "Seats",
                    "item_name": "Evening of poetry: seat",
                    "amount": "250",
                    "max_quantity": 5,
                    "fields": ["name", "phone"],
                    "thank_you_page": pages["thanks"],
                    "button_text": "Book seats with Khalti",
                },
            ),
        ],
        "support": [
            ("paragraph", "<p>The library lives on gifts. All of it goes into books, light and tea.</p>"),
            (
                "cards",
                [
                    _gift("A book mended", "New covers and a new back.", "100"),
                    _gift("A month of newspapers", "Three dailies for the table by the window.", "750"),
                    _gift("A shelf", "Two metres of children's books.", "5000"),
                ],
            ),
            (
                "donation",
                {
                    "heading": "Or any amount",
                    "item_name": "Gift to the library",
                    "presets": ["500", "1000", "2500"],
                    "fields": ["name"],
                    "button_text": "Give another amount",
                },
            ),
            ("appeal", appeal),
        ],
        "thanks": [
            (
                "paragraph",
                "<p>Your seats are booked. Doors open half an hour before, and the tea is on us.</p>",
            ),
            ("receipt", None),
        ],
    }


def _gift(title: str, text: str, rupees: str) -> dict[str, Any]:
    checkout = {"item_name": f"Gift: {title.lower()}", "amount": rupees, "button_text": "Give with Khalti"}
    return {"title": title, "text": text, "checkout": checkout}
