"""The formats that every list answers in; the same query string means the same in each."""
