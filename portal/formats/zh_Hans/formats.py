"""What Django's Chinese formats lack: thousands separators, where a page asks for them."""

THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
