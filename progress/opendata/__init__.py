"""The open data: what its tables are, what they say, and how their files describe themselves."""
