"""For the tests of a site: a fake Khalti in the same process, and factories."""
