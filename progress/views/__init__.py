"""Pages, split by who reads them."""
