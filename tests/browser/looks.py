"""The colour schemes and widths in which a page is looked at, in each language.

The whole product of states, languages, colours and widths would take minutes. Each language has two looks, on a phone
and on a desk: English by day and by night, Nepali by night and by day. So a state that is seen in both languages is
seen in all four.
"""

NARROW, WIDE = 360, 1280
LOOKS = {"en": [("light", NARROW), ("dark", WIDE)], "ne": [("dark", NARROW), ("light", WIDE)]}


def show(page, scheme, width):
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 740})
