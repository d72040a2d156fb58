package agrippa.proxy;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.CsvSource;

/// A chapter of the contract: what clients and endpoints see of the proxy, from outside. Each case
/// runs in four cells, with both transports and with both kinds of TLS, whether or not it has to do
/// with them. README.md beside this file tells which chapter says what.
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedClass(name = "{0} {1}")
@CsvSource({"EPOLL, OPENSSL", "EPOLL, JDK", "NIO, OPENSSL", "NIO, JDK"})
@interface Cells {}
