"""The server of the site: waitress, which lets slow clients wait outside, with limits on what they may send."""
