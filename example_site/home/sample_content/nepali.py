from typing import Any

from wagtail.models import Page

from example_site.home.models import Appeal

TITLES = {
    "home": "हिमाल सामुदायिक पुस्तकालय",
    "membership": "सदस्यता",
    "events": "कविता साँझ",
    "support": "सहयोग गर्नुहोस्",
    "thanks": "त्यहीँ भेटौँला",
    "appeal": "वर्षाअघि नयाँ छानो",
}

APPEAL = [
    (
        "checkout",
        {
            "heading": TITLES["appeal"],
            "text": "हाम्रो अध्ययन कक्षको छानो चुहिन्छ। एउटा जस्तापाताको मूल्य रु १,२०० पर्छ।",
            "item_name": "छानो कोष: एउटा जस्तापाता",
            "amount": "1200",
            "max_quantity": 20,
            "fields": ["name"],
            "button_text": "एउटा जस्तापाता दिनुहोस्",
        },
    )
]


def bodies(pages: dict[str, Page], appeal: Appeal) -> dict[str, list[tuple[str, Any]]]:
    return {
        "home": [
            (
                "paragraph",
                "<p>एघार हजार पुस्तक, न्यानो कोठा र चिया, बौद्धबाट तीन मिनेटको बाटो। यहाँ जोसुकैले पढ्न सक्छन्; "
                "सदस्यले पुस्तक घर लैजान पाउँछन्।</p>",
            ),
            (
                "links",
                [
                    {"page": pages["membership"], "text": "वर्षभरि एकपटकमा चारवटा पुस्तक घर लैजानुहोस्।"},
                    {"page": pages["events"], "text": "नेपाली, नेपालभाषा र अङ्ग्रेजीमा कविता वाचन। शनिबार पाँच बजे।"},
                    {"page": pages["support"], "text": "रु १०० ले एउटा पुस्तक जोगाउँछ।"},
                ],
            ),
            ("appeal", appeal),
        ],
        "membership": [
            (
                "paragraph",
                "<p>तपाईंले भुक्तानी गरेको दिनदेखि एक वर्षसम्म सदस्यता रहन्छ। एकपटकमा चारवटा पुस्तक लैजान र "
                "एक जना बालबालिकालाई निःशुल्क ल्याउन सक्नुहुन्छ।</p>",
            ),
            (
                "checkout",
                {
                    "heading": "सदस्य बन्नुहोस्",
                    "text": "परिचयपत्रका लागि नाम, र पुस्तक आएको खबर गर्न सम्पर्क चाहिन्छ।",
                    "item_name": "एक वर्षको सदस्यता",
                    "amount": "1500",
                    "fields": ["name", "email", "phone"],
                    "button_text": "खल्तीबाट भुक्तानी गर्नुहोस्",
                },
            ),
        ],
        "events": [
            (
                "paragraph",
                "<p>शनिबार पाँच बजे अध्ययन कक्षमा, चियासँगै। साठी सिट छन्। ढोकामा आफ्नो रसिद देखाउनुहोस्।</p>",
            ),
            (
                "checkout",
                {
                    "heading": "सिट",
                    "item_name": "कविता साँझ: सिट",
                    "amount": "250",
                    "max_quantity": 5,
                    "fields": ["name", "phone"],
                    "thank_you_page": pages["thanks"],
                    "button_text": "खल्तीबाट सिट लिनुहोस्",
                },
            ),
        ],
        "support": [
            ("paragraph", "<p>पुस्तकालय सहयोगबाट चल्छ। सबै रकम पुस्तक, बत्ती र चियामा खर्च हुन्छ।</p>"),
            (
                "cards",
                [
                    _gift("एउटा पुस्तक मर्मत", "नयाँ गाता र नयाँ बाइन्डिङ।", "100"),
                    _gift("एक महिनाको पत्रिका", "झ्यालनेरको टेबलका लागि तीनवटा दैनिक।", "750"),
                    _gift("एउटा दराज", "दुई मिटर बालपुस्तक।", "5000"),
                ],
            ),
            (
                "donation",
                {
                    "heading": "वा इच्छा अनुसारको रकम",
                    "item_name": "पुस्तकालयलाई सहयोग",
                    "presets": ["500", "1000", "2500"],
                    "fields": ["name"],
                    "button_text": "अन्य रकम दिनुहोस्",
                },
            ),
            ("appeal", appeal),
        ],
        "thanks": [
            ("paragraph", "<p>तपाईंको सिट सुरक्षित भयो। ढोका आधा घण्टाअघि खुल्छ, चिया हाम्रो तर्फबाट।</p>"),
            ("receipt", None),
        ],
    }


def _gift(title: str, text: str, rupees: str) -> dict[str, Any]:
    checkout = {"item_name": f"सहयोग: {title}", "amount": rupees, "button_text": "खल्तीबाट सहयोग गर्नुहोस्"}
    return {"title": title, "text": text, "checkout": checkout}
