#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What is on an Xvfb's screen, from the file of its -fbdir (X Window Dump: the header of XWDFile.h, 32 bits for each pixel).

screen.py colours FILE        how many different ones there are: 1 on an empty screen
screen.py png FILE OUT        the screen, without its empty lines at the bottom, as a picture
"""
import struct
import sys
import zlib

HEADER = ">25I"  # header_size, file_version, ... as XWDFile.h has them


def read(path):
    with open(path, "rb") as file:
        data = file.read()
    fields = struct.unpack_from(HEADER, data)
    header_bytes, width, height, bits, stride, colours = fields[0], fields[4], fields[5], fields[11], fields[12], fields[19]
    if bits != 32:
        sys.exit(f"screen.py: {bits} bits for each pixel, not 32")
    begin = header_bytes + colours * 12
    # Blue, green, red and a byte without a meaning.
    return [[data[at + x * 4:at + x * 4 + 3] for x in range(width)] for at in range(begin, begin + height * stride, stride)]


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def write_png(rows, path):
    while len(rows) > 1 and len(set(rows[-1])) == 1:
        rows.pop()
    palette = sorted({pixel[::-1] for row in rows for pixel in row})
    small = len(palette) <= 256
    index = {colour: bytes([number]) for number, colour in enumerate(palette)} if small else {}
    lines = b"".join(b"\0" + b"".join(index.get(pixel[::-1], pixel[::-1]) for pixel in row) for row in rows)
    header = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 3 if small else 2, 0, 0, 0)
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + (chunk(b"PLTE", b"".join(palette)) if small else b"") +
                   chunk(b"IDAT", zlib.compress(lines, 9)) + chunk(b"IEND", b""))


what, source = sys.argv[1:3]
screen = read(source)
if what == "colours":
    print(len({pixel for row in screen for pixel in row}))
else:
    write_png(screen, sys.argv[3])
