/// What the embedded services share: where they keep things ([agrippa.cloud.Documents]).
@NullMarked
package agrippa.cloud;

import org.jspecify.annotations.NullMarked;
