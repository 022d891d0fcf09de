from tests.fixtures.demo import demo_data  # noqa: F401  a fixture
