"""Helpers to set up, run, test and check the project; the portal itself imports none of them."""
