package agrippa.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import javax.sql.DataSource;
import org.jooq.ConnectionProvider;
import org.jooq.exception.DataAccessException;

/// A few open connections for all threads, since opening one costs more than most statements.
final class Connections implements ConnectionProvider, AutoCloseable {
  private final DataSource source;
  private final Semaphore permits;
  private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();
  private final int most;
  private volatile boolean closed;

  /// @param most open at a time; further threads wait
  Connections(DataSource source, int most) {
    this.source = source;
    this.most = most;
    this.permits = new Semaphore(most, true);
  }

  @Override
  public Connection acquire() {
    permits.acquireUninterruptibly();
    if (closed) {
      permits.release();
      throw new DataAccessException("the database is closed");
    }
    var connection = idle.pollFirst();
    if (connection != null) {
      return connection;
    }
    try {
      return source.getConnection();
    } catch (SQLException e) {
      permits.release();
      throw new DataAccessException("the database cannot be opened", e);
    }
  }

  @Override
  public void release(Connection connection) {
    idle.addFirst(connection);
    permits.release();
  }

  /// Waits for every thread to give its connection back; who asks for one from now on is told that
  /// there is none.
  @Override
  public void close() {
    closed = true;
    permits.acquireUninterruptibly(most);
    SQLException failure = null;
    for (var connection = idle.poll(); connection != null; connection = idle.poll()) {
      try {
        connection.close();
      } catch (SQLException e) {
        failure = e;
      }
    }
    permits.release(most);
    if (failure != null) {
      throw new DataAccessException("the database was not closed well", failure);
    }
  }
}
