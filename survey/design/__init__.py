"""The questionnaire: made from the register, versioned, and put to people."""
