"""What clerks' decisions taught: kept, shown, forgotten, and given to the matcher."""
