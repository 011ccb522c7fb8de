from payload import *


def predict(x, w, b):
    return payload_predict(x, w, b)
