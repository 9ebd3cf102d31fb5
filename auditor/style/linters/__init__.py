"""The linters: ``interface`` says what each provides, ``registry`` lists them, one module implements each."""
