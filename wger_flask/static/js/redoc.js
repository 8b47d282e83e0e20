"use strict";
const place = document.getElementById("document");
Redoc.init(place.dataset.url, { disableSearch: false, hideDownloadButton: true, scrollYOffset: 0 }, place);
