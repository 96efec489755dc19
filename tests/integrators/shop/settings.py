from tests.integrators.site_settings import *  # noqa: F403

IS_PRODUCTION = False
