"""Taking in answers: screens, paper, stands, kiosk."""
