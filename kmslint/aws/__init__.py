"""Facts of AWS, as data, each with the page it comes from."""
