/** How much may live in the cache: engine signals, the laws, and budget changes that carry their cause. Pure: no clock, no thread, no log. */
@NullMarked
package dev.sluice.control;

import org.jspecify.annotations.NullMarked;
