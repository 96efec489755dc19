import os

from tests.integrators.site_settings import *  # noqa: F403
from tests.integrators.site_settings import WAGTAIL_KHALTI

AUTH_USER_MODEL = "charity.Supporter"
NEPAL = {
    "SECRET_KEY": os.environ.get("KHALTI_NEPAL_SECRET_KEY", "the-key-in-nepal"),
    "API_URL": WAGTAIL_KHALTI["API_URL"],  # only in simulator mode
}
WAGTAIL_KHALTI |= {"MERCHANTS": {"nepal": NEPAL}}
