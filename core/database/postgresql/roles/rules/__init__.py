"""What each table's rows must say truly, whoever writes them: subject by subject."""
