/** What the engine tells about itself: the scraper, the metrics-page parser, one file per engine dialect. */
@NullMarked
package dev.sluice.engine;

import org.jspecify.annotations.NullMarked;
