/// A small cloud to try things in, and a walk through it: [agrippa.launcher.lab.Walkthrough] types
/// what is written in `walkthrough.txt`.
@NullMarked
package agrippa.launcher.lab;

import org.jspecify.annotations.NullMarked;
