/** How bytes travel: which transport of Netty is used, and how the engine's address becomes something to connect to. */
@NullMarked
package dev.sluice.net;

import org.jspecify.annotations.NullMarked;
