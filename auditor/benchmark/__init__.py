"""From a source to tasks with suites."""
