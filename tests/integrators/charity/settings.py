import os

from tests.integrators.site_settings import *  # noqa: F403
from tests.integrators.site_settings import WAGTAIL_KHALTI

AUTH_USER_MODEL = "charity.Supporter"
WAGTAIL_KHALTI |= {
    "SECRET_KEY": os.environ.get("KHALTI_SECRET_KEY", "the-key-of-the-charity"),
    "MERCHANTS": {"nepal": {"SECRET_KEY": os.environ.get("KHALTI_NEPAL_SECRET_KEY", "the-key-in-nepal")}},
}
