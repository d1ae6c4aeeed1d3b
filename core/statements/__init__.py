READING_ARGUMENT = "--read-a-statement"
"""The only argument of a program without Python that is to be ``apart_process`` and nothing else.

It stands here, where nothing heavy is imported, as every start of the program compares with it.
"""
