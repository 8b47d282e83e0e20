"""Pictures and films that people upload: whether they are what they say, where they lie, how small
they get.

Only the standard library and Pillow: nothing here knows of requests, rows or settings. A file goes
through `images.inspect` or `videos.inspect` first, then into a `store.MediaStore`, and a picture
gets its `thumbnails`.
"""
