"""Programs that tests run as others would: with what they know from the API's document alone."""
