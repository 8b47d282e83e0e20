"""Where a photograph was taken is taken out of it; all else stays as it was, byte by byte."""

from __future__ import annotations

import io
import struct
import zlib
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image, ImageCms, PngImagePlugin

from tests.media import samples
from tests.media.samples import EXTENSION, picture
from wger_flask.media import images
from wger_flask.media.position import without_position

KINDS = sorted(EXTENSION)
GPS, EXIF, ORIENTATION, MAKER = 0x8825, 0x8769, 0x0112, 0x010F
PLACE = {
    0: b"\2\3\0\0",
    1: "N",
    2: (52.0, 31.0, 12.25),
    3: "E",
    4: (13.0, 24.0, 18.75),
    6: 34.5,
    27: b"ASCII\0\0\0CELLID",
    29: "2024:05:01",
}
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
XMP = b"""<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?>
<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>
<rdf:Description xmlns:exif='http://ns.adobe.com/exif/1.0/' xmlns:tiff='http://ns.adobe.com/tiff/1.0/'
 xmlns:drone-dji='http://www.dji.com/drone-dji/1.0/' xmlns:GPano='http://ns.google.com/photos/1.0/panorama/'
 xmlns:geo='http://www.w3.org/2003/01/geo/wgs84_pos#' xmlns:gpsx='http://example.org/'
 exif:GPSLatitude="52,31.2N" exif:GPSLongitude='13,24.3E'
 drone-dji:GpsLatitude = "52.52" drone-dji:GpsLongtitude="13.40" drone-dji:AbsoluteAltitude="+34.5"
 gpsx:note="stays" GPano:UsePanoramaViewer="True" tiff:Orientation="6" exif:Flash="1">
 <exif:GPSAltitude>345/10</exif:GPSAltitude><exif:GPSVersionID
 >2.3.0.0</exif:GPSVersionID><exif:GPSMapDatum/>
 <geo:lat>52.52</geo:lat><geo:long>13.40</geo:long>
 <exif:UserComment>GPS is off</exif:UserComment>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end='w'?>"""
PLACES_IN_XMP = (b"52", b"13,", b"13.4", b"34.5", b"345/10", b"GPSL", b"2.3.0.0", b"Datum", b"geo:la")


def exif(order: str = "MM", place=PLACE) -> bytes:
    made = Image.Exif()
    made.endian = "<" if order == "II" else ">"
    made[ORIENTATION], made[MAKER] = 6, "Somebody"
    made.get_ifd(EXIF).update({0x9003: "2024:05:01 10:00:00", 0x829A: 0.01})
    if place:
        made.get_ifd(GPS).update(place)
    return made.tobytes()


def photo(kind: str, **options) -> bytes:
    return picture(kind, (60, 40), icc_profile=PROFILE, **options)


def kept(data: bytes, kind: str, keep: bool = False) -> bytes:
    return images.inspect(io.BytesIO(data), f"a.{EXTENSION[kind]}", keep).content


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def assert_same_but_for_the_position(before: bytes, after: bytes) -> Image.Image:
    one, other = opened(before), opened(after)
    assert one.tobytes() == other.tobytes()
    assert other.info["icc_profile"] == PROFILE == one.info["icc_profile"]
    return other


@pytest.mark.parametrize("order", ["II", "MM"])
@pytest.mark.parametrize("kind", KINDS)
def test_the_position_in_exif_goes(kind, order):
    data = photo(kind, exif=exif(order))
    assert opened(data).getexif().get_ifd(GPS)[2] == (52.0, 31.0, 12.25)
    content = kept(data, kind)
    found = assert_same_but_for_the_position(data, content).getexif()
    assert not found.get_ifd(GPS) and GPS not in found
    assert found[MAKER] == "Somebody" and found.get_ifd(EXIF)[0x9003] == "2024:05:01 10:00:00"
    assert kind == "AVIF" or found[ORIENTATION] == 6  # which AVIF has in a place of its own
    assert b"CELLID" not in content and b"2024:05:01\0" not in content
    for number in (1225, 100), (49, 4), (75, 4), (69, 2):
        assert struct.pack(">II", *number) not in content and struct.pack("<II", *number) not in content
    assert len(content) == len(data)
    assert kept(content, kind) == content
    assert kept(data, kind, keep=True) == data


@pytest.mark.parametrize("kind", KINDS)
def test_the_position_in_xmp_goes(kind):
    if kind == "PNG":
        told = PngImagePlugin.PngInfo()
        told.add_itxt("XML:com.adobe.xmp", XMP.decode())
        data = photo(kind, pnginfo=told)
    else:
        data = photo(kind, xmp=XMP)
    content = kept(data, kind)
    shown = assert_same_but_for_the_position(data, content)
    xmp = shown.info["xmp"]
    xmp = xmp.encode() if isinstance(xmp, str) else xmp
    check_xmp(xmp)
    assert len(content) == len(data)
    assert kept(data, kind, keep=True) == data


def check_xmp(xmp: bytes) -> None:
    assert not [place for place in PLACES_IN_XMP if place in xmp]
    (description,) = ElementTree.fromstring(xmp[: xmp.rindex(b"<?")])[0]
    assert sorted(name.partition("}")[2] for name in description.attrib) == [
        "Flash",
        "Orientation",
        "UsePanoramaViewer",
        "note",
    ]
    assert [child.text for child in description] == ["GPS is off"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_without_a_position_is_left_alone(kind):
    for data in (photo(kind), photo(kind, exif=exif(place=None))):
        assert kept(data, kind) == data


def packed(keyword: bytes, text: bytes, kind: bytes) -> bytes:
    return {
        b"iTXt": keyword + b"\0\1\0en\0Keyword\0" + zlib.compress(text),
        b"zTXt": keyword + b"\0\0" + zlib.compress(text),
        b"tEXt": keyword + b"\0" + text,
    }[kind]


def unpacked(chunk: bytes, kind: bytes) -> bytes:
    if kind == b"iTXt":
        return chunk.split(b"\0", 5)[5]
    return zlib.decompress(chunk.split(b"\0", 2)[2]) if kind == b"zTXt" else chunk.split(b"\0", 1)[1]


def with_chunk(kind: bytes, content: bytes) -> bytes:
    data = photo("PNG")
    return data[:33] + samples.png_chunk(kind, content) + data[33:]


def chunk_of(data: bytes, kind: bytes) -> bytes:
    at = data.index(kind)
    return data[at + 4 : at + 4 + int.from_bytes(data[at - 4 : at], "big")]


@pytest.mark.parametrize("kind", [b"iTXt", b"zTXt", b"tEXt"])
def test_xmp_that_a_png_holds_packed(kind):
    content = kept(with_chunk(kind, packed(b"XML:com.adobe.xmp", XMP, kind)), "PNG")
    check_xmp(unpacked(chunk_of(content, kind), kind))
    opened(content)


@pytest.mark.parametrize("kind", [b"zTXt", b"tEXt"])
@pytest.mark.parametrize("name, block", [("exif", exif()), ("APP1", exif("II")), ("xmp", XMP)])
def test_profiles_that_a_png_holds_as_digits(kind, name, block):
    digits = block.hex()
    lines = "\n".join(digits[at : at + 72] for at in range(0, len(digits), 72))
    text = f"\n{name}\n{len(block):8}\n{lines}\n".encode()
    data = with_chunk(kind, packed(f"Raw profile type {name}".encode(), text, kind))
    content = kept(data, "PNG")
    left = unpacked(chunk_of(content, kind), kind)
    assert left.startswith(f"\n{name}\n{len(block):8}\n".encode()) and len(left) == len(text)
    cleared = bytes.fromhex(left.split(b"\n", 3)[3].decode())
    if name == "xmp":
        check_xmp(cleared)
    else:
        found = Image.Exif()
        found.load(cleared)
        assert GPS not in found and found[ORIENTATION] == 6 and b"CELLID" not in cleared


def test_what_a_png_packs_beyond_measure_is_not_unpacked():
    data = with_chunk(b"zTXt", packed(b"Comment", b" " * (2 << 20) + XMP, b"zTXt"))
    assert without_position(data, "PNG") == data  # which no decoder takes either


def test_the_thumbnails_of_a_camera_stay():
    """What follows the entry of the position in Exif is the address of the thumbnail's."""
    block = bytearray(exif("II"))
    tiff = block[6:]
    first = int.from_bytes(tiff[4:8], "little")
    count = int.from_bytes(tiff[first : first + 2], "little")
    end = first + 2 + 12 * count
    tiff[end : end + 4] = len(tiff).to_bytes(4, "little")
    tiff += b"\1\0" + struct.pack("<HHII", 0x0103, 3, 1, 6) + bytes(4)
    data = photo("JPEG", exif=bytes(block[:6] + tiff))
    found = opened(kept(data, "JPEG")).getexif()
    assert found.get_ifd(ExifTags.IFD.IFD1) == {0x0103: 6}
    assert found[ORIENTATION] == 6 and GPS not in found


@settings(deadline=None)
@given(st.sampled_from(["II", "MM"]), st.data())
def test_damaged_metadata_makes_no_error(order, data):
    block = bytearray(exif(order))
    for _ in range(data.draw(st.integers(1, 6))):
        block[data.draw(st.integers(6, len(block) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(8, len(block)))
    for kind in ("JPEG", "PNG"):
        whole = {
            "JPEG": samples.jpeg_with(b"\xff\xe1", bytes(block[:cut])),
            "PNG": with_chunk(b"eXIf", bytes(block[6:cut])),
        }[kind]
        assert len(without_position(whole, kind)) == len(whole)


@pytest.mark.parametrize(
    "metadata",
    [
        b"rdf:" + b"<a:GPSx " * 100_000,
        b"rdf:" + b" a:GPS = " * 100_000,
        b"rdf:" + b"<a:gps>" * 100_000,
        b"rdf:" + b"a" * 1_000_000,
        b"II*\0\x08\0\0\0" * 100_000,
        b"II*\0\x08\0\0\0" + b"\xe7\3" + b"\x25\x88\4\0\1\0\0\0\x08\0\0\0" * 1000,
    ],
    ids=range(6),
)
def test_metadata_that_is_made_to_keep_us_busy_does_not(metadata):
    """Without bounds these take minutes."""
    data = with_chunk(b"tEXt", b"Comment\0" + metadata)
    assert len(without_position(data, "PNG")) == len(data)
