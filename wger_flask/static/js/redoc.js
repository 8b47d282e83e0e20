"use strict";
const place = document.getElementById("document");
Redoc.init(place.dataset.url, { hideDownloadButton: true, maxDisplayedEnumValues: 6, generatedSamplesMaxDepth: 3 }, place);
