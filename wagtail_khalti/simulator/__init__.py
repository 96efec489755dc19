"""A simulator of Khalti: the API, the hosted payment page and callbacks, without real money."""
