"""A Khalti on your own machine: answers, hosted page and callbacks, and no real money."""
