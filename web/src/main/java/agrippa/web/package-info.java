/// HTTP for the control side: say what answers which path in [agrippa.web.Routes], and let
/// [agrippa.web.WebServer] serve it. Handlers may block: each request has a virtual thread of its
/// own.
@NullMarked
package agrippa.web;

import org.jspecify.annotations.NullMarked;
