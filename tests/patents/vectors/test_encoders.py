import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import numpy as np
import pytest

from patents.vectors.cache import VectorFile
from patents.vectors.encoders import (
    DIMENSIONS,
    BundledEncoder,
    EncoderUnavailable,
    ServerEncoder,
    encoder,
    passage_text,
)


@contextmanager
def model_server(answer):
    """A server that answers every POST with what `answer` makes of the request's body."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append((self.path, self.headers["Authorization"], body))
            status, data = answer(body)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(data).encode())

        def log_message(self, *args):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1", asked
        server.shutdown()


def fixed(status, data):
    return lambda _: (status, data)


def vectors(body, width=DIMENSIONS):
    """In reverse, as the interface allows; the first number counts the texts."""
    rows = [{"index": place, "embedding": [place + 1.0] + [0.0] * (width - 1)} for place in range(len(body["input"]))]
    return 200, {"data": rows[::-1]}


def test_server_is_asked_with_prefixes_and_its_vectors_are_brought_to_length_one():
    with model_server(vectors) as (url, asked):
        model = ServerEncoder(url, "m", "secret", "query: ", "passage: ")
        found = model.queries(["水箱", "止血器"])
        model.passages(["水箱"])

    assert found.tolist() == [[1.0] + [0.0] * 383] * 2
    assert asked == [
        ("/v1/embeddings", "Bearer secret", {"model": "m", "input": ["query: 水箱", "query: 止血器"]}),
        ("/v1/embeddings", "Bearer secret", {"model": "m", "input": ["passage: 水箱"]}),
    ]


@pytest.mark.parametrize(
    "answer",
    [
        fixed(500, {}),
        fixed(200, {"data": []}),
        fixed(200, {"error": "no such model"}),
        lambda body: vectors(body, width=1024),
        fixed(200, {"data": [{"index": 0, "embedding": ["x"] * DIMENSIONS}]}),
    ],
)
def test_a_server_that_gives_no_vectors_of_the_right_width_is_unavailable(answer):
    with model_server(answer) as (url, _), pytest.raises(EncoderUnavailable):
        ServerEncoder(url, "m").queries(["水箱"])


def test_settings_choose_the_encoder(settings, bundled):
    assert bundled.name == "multilingual-e5-small-q4"

    encoder.cache_clear()
    settings.EMBEDDINGS_URL = "http://models.example.cn/v1"
    assert encoder() == ServerEncoder(
        "http://models.example.cn/v1", "multilingual-e5-small", "", "query: ", "passage: "
    )

    encoder.cache_clear()
    settings.EMBEDDINGS_URL = "off"
    assert encoder() is None


def test_bundled_model_finds_what_is_called_otherwise(bundled):
    (asked,) = bundled.queries(["降低噪声的风机"])
    near, far = bundled.passages(["一种静音通风设备", "一种玉米播种机"]) @ asked

    assert near > far
    assert np.linalg.norm(asked) == pytest.approx(1, abs=1e-4)


def test_threads_change_no_vector_and_no_order(bundled):
    texts = ["循环水箱", "止血器", "废气吸附塔", "玉米播种机", "齿轮"]

    assert BundledEncoder(threads=3).passages(texts).tolist() == bundled.passages(texts).tolist()
    assert BundledEncoder(threads=3).queries([]).shape == (0, DIMENSIONS)


def test_passage_is_title_and_the_first_sentences_without_markup():
    assert passage_text(" 循环水箱", "<p>一种&nbsp;水箱。</p>" + "水" * 400) == "循环水箱。一种 水箱。 " + "水" * 293


def test_vectors_in_a_file_are_made_once(bundled, tmp_path):
    made = []
    path = tmp_path / "new" / "vectors.npz"

    first = VectorFile(path, bundled).passages(["循环水箱", "止血器"], lambda done, total: made.append((done, total)))
    again = VectorFile(path, bundled).passages(["止血器"], lambda done, total: made.append((done, total)))

    assert made == [(2, 2)]
    assert again["止血器"].tolist() == first["止血器"].tolist()
    assert first["循环水箱"] @ bundled.passages(["循环水箱"])[0] == pytest.approx(1, abs=1e-3)
