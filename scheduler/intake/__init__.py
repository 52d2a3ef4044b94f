"""Tables in: every row judged by itself, the good ones taken, the bad ones told apart and explained."""
