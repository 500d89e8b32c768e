"""Pages that come under status 200 instead of the page: written after those of the makers of such pages."""
# ruff: noqa: E501  (a page reads best unbroken)

from archive.signs import Trouble

HOST = "gazette.example"


def _page(title: str, body: str, lang: str = "en") -> str:
    return f'<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title></head><body>{body}</body></html>'


def _framed(title: str, body: str, lang: str = "en") -> str:
    """As a site shows it: within its own header and footer."""
    return _page(
        f"{title} | The Gazette",
        f'<header><a href="/">The Gazette</a><nav><a href="/news">News</a> <a href="/sport">Sport</a></nav></header><main>{body}</main><footer>© The Gazette. <a href="/imprint">Imprint</a></footer>',
        lang,
    )


CHALLENGES = {
    "cloudflare challenge": _page(
        "Just a moment...",
        '<div class="main-wrapper" role="main"><div class="main-content"><noscript><div class="h2"><span id="challenge-error-text">Enable JavaScript and cookies to continue</span></div></noscript></div></div><script>window._cf_chl_opt={}</script>',
    ),
    "cloudflare challenge with text": _page(
        "Just a moment...",
        f"<h1>{HOST}</h1><p>Verifying you are human. This may take a few seconds.</p><p>{HOST} needs to review the security of your connection before proceeding.</p><p>Ray ID: 7f1e2d3c4b5a6978</p><p>Performance &amp; security by Cloudflare</p>",
    ),
    "cloudflare block": _page(
        "Attention Required! | Cloudflare",
        f'<div id="cf-wrapper"><h1>Sorry, you have been blocked</h1><h2>You are unable to access {HOST}</h2><h2>Why have I been blocked?</h2><p>This website is using a security service to protect itself from online attacks. The action you just performed triggered the security solution. There are several actions that could trigger this block including submitting a certain word or phrase, a SQL command or malformed data.</p><h2>What can I do to resolve this?</h2><p>You can email the site owner to let them know you were blocked. Please include what you were doing when this page came up and the Cloudflare Ray ID found at the bottom of this page.</p><p>Cloudflare Ray ID: <strong>7f1e2d3c4b5a6978</strong></p></div>',
    ),
    "akamai": '<HTML><HEAD><TITLE>Access Denied</TITLE></HEAD><BODY><H1>Access Denied</H1>You don\'t have permission to access "http&#58;&#47;&#47;gazette.example&#47;" on this server.<P>Reference&#32;&#35;18&#46;8d3c1202&#46;1700000000&#46;1a2b3c<P>https&#58;&#47;&#47;errors&#46;edgesuite&#46;net&#47;18</BODY></HTML>',
    "datadome": _page(
        HOST, '<p id="cmsg">Please enable JS and disable any ad blocker</p><script>var dd={}</script>'
    ),
    "perimeterx": _page(
        "Access to this page has been denied.",
        '<div class="px-captcha-container"><h1>Press &amp; Hold to confirm you are a human (and not a bot).</h1><p>Access to this page has been denied because we believe you are using automation tools to browse the website.</p><p>Reference ID: #0a1b2c</p></div>',
    ),
    "imperva": _page(
        "Pardon Our Interruption",
        "<h1>Pardon Our Interruption...</h1><p>As you were browsing something about your browser made us think you were a bot. There are a few reasons this might happen:</p><ul><li>You're a power user moving through this website with super-human speed.</li><li>You've disabled cookies in your web browser.</li></ul><p>To regain access, please make sure that cookies and JavaScript are enabled before reloading the page.</p>",
    ),
    "captcha": _page(
        "Security check",
        "<h1>One more step</h1><p>Please complete the security check to access the site.</p><form><label>Enter the characters you see below</label><input></form>",
    ),
    "ddos protection": _page(
        "DDoS-Guard",
        f"<h1>Checking your browser before accessing {HOST}</h1><p>This process is automatic. Your browser will redirect to your requested content shortly.</p>",
    ),
    "sucuri": _page(
        "Access Denied - Website Firewall",
        "<h1>Access Denied</h1><p>You have been blocked. Your request was blocked by a security service to protect itself from attacks.</p>",
    ),
    "german": _page(
        "Zugriff verweigert",
        "<h1>Zugriff verweigert</h1><p>Bitte bestätigen Sie, dass Sie kein Roboter sind.</p>",
        "de",
    ),
    "russian": _page(
        "Доступ ограничен",
        "<h1>Доступ ограничен</h1><p>Подтвердите, что вы не робот, чтобы продолжить.</p>",
        "ru",
    ),
}
LOGINS = {
    "login page": _framed(
        "Log in",
        "<h1>Log in</h1><p>Please log in to continue reading this article.</p><form><label>Email</label><input><label>Password</label><input type=password><button>Log in</button></form><p><a href='/lost'>Forgot your password?</a></p>",
    ),
    "subscribers only": _framed(
        "Subscribe to read",
        "<h1>Subscribe to read</h1><p>This article is only available to subscribers.</p><p>Already a subscriber? <a href='/login'>Sign in</a>.</p>",
    ),
    "german login": _framed(
        "Anmelden",
        "<h1>Anmelden</h1><p>Bitte melden Sie sich an, um diesen Artikel zu lesen.</p>",
        "de",
    ),
    "french wall": _framed(
        "Connexion",
        "<h1>Connexion</h1><p>Article réservé aux abonnés. Connectez-vous pour lire la suite.</p>",
        "fr",
    ),
    "latvian wall": _framed(
        "Ielogoties",
        "<h1>Ielogoties</h1><p>Šis raksts ir pieejams tikai abonentiem. Ielogojies, lai lasītu tālāk.</p>",
        "lv",
    ),
}
CONSENTS = {
    "partners": _page(
        "We value your privacy",
        "<h1>We value your privacy</h1><p>We and our 842 partners store and/or access information on a device, such as cookies, and process personal data, such as unique identifiers.</p><p>With your permission we and our partners may use precise geolocation data.</p><button>Accept all</button><button>Reject all</button>",
    ),
    "before you continue": _page(
        "Before you continue",
        "<h1>Before you continue to The Gazette</h1><p>Please accept cookies to continue to the site.</p><button>Agree</button>",
    ),
    "german pay or okay": _page(
        "Ihre Privatsphäre",
        "<h1>Ihre Privatsphäre</h1><p>Besuchen Sie uns wie gewohnt mit Werbung und Tracking weiter.</p><p>Wir und unsere 211 Partner verarbeiten personenbezogene Daten.</p>",
        "de",
    ),
}
AGES = {
    "over 18": _page(
        "Age verification",
        '<h1>Are you over 18?</h1><p>You must be 18 years or older to enter this site.</p><a href="/y">Yes, I am over 18</a>',
    ),
    "brewery": _framed(
        "Age check",
        "<h1>Age check</h1><p>Please confirm that you are over 18 to see what our brewery has to say.</p>",
    ),
}
MISSING = {
    "wordpress": _framed(
        "Page not found",
        "<h1>Oops! That page can&rsquo;t be found.</h1><p>It looks like nothing was found at this location. Maybe try a search?</p><form><input></form>",
    ),
    "nginx": "<html><head><title>404 Not Found</title></head><body><center><h1>404 Not Found</h1></center><hr><center>nginx</center></body></html>",
    "apache": "<html><head><title>404 Not Found</title></head><body><h1>Not Found</h1><p>The requested URL /mill was not found on this server.</p></body></html>",
    "drupal": _framed(
        "Page not found", "<h1>Page not found</h1><p>The requested page could not be found.</p>"
    ),
    "chatty": _framed(
        "404",
        "<h1>We are sorry</h1><p>The page you are looking for might have been removed, had its name changed, or is temporarily unavailable.</p><p>You may go back to the front page, or have a look at what others read today.</p>",
    ),
    "german": _framed(
        "Seite nicht gefunden",
        "<h1>Seite nicht gefunden</h1><p>Die von Ihnen angeforderte Seite existiert leider nicht oder wurde verschoben.</p>",
        "de",
    ),
    "french": _framed(
        "Page introuvable",
        "<h1>Page introuvable</h1><p>La page que vous recherchez n’existe plus ou a été déplacée.</p>",
        "fr",
    ),
    "spanish": _framed(
        "Página no encontrada",
        "<h1>Página no encontrada</h1><p>La página que buscas no existe o ha sido eliminada.</p>",
        "es",
    ),
    "italian": _framed(
        "Pagina non trovata",
        "<h1>Pagina non trovata</h1><p>La pagina che stai cercando non esiste o è stata spostata.</p>",
        "it",
    ),
    "latvian": _framed(
        "Lapa nav atrasta", "<h1>Lapa nav atrasta</h1><p>Meklētā lapa nav pieejama vai neeksistē.</p>", "lv"
    ),
    "russian": _framed(
        "Страница не найдена",
        "<h1>Страница не найдена</h1><p>Запрашиваемая страница не существует или была удалена.</p>",
        "ru",
    ),
    "japanese": _framed(
        "ページが見つかりません",
        "<h1>ページが見つかりません</h1><p>お探しのページは見つかりませんでした。</p>",
        "ja",
    ),
}
MAINTENANCES = {
    "wordpress": _page(
        "Maintenance", "<h1>Briefly unavailable for scheduled maintenance. Check back in a minute.</h1>"
    ),
    "own": _framed(
        "We'll be back soon",
        "<h1>We&rsquo;ll be back soon!</h1><p>Sorry for the inconvenience. The site is currently down for maintenance.</p>",
    ),
    "german": _page(
        "Wartungsarbeiten", "<h1>Wartungsarbeiten</h1><p>Wegen Wartung derzeit nicht erreichbar.</p>", "de"
    ),
}
DATABASES = {
    "wordpress": _page(
        "Database Error",
        "<div class='wp-die-message'><h1>Error establishing a database connection</h1></div>",
    ),
    "drupal": _page("Error", "<p>The website encountered an unexpected error. Please try again later.</p>"),
    "php": "<br /><b>Fatal error</b>:  Uncaught Error: Call to a member function query() on null in /srv/www/db.php:12<br />Stack trace:<br />#0 {main} thrown in <b>/srv/www/db.php</b> on line <b>12</b><br />",
    "wordpress critical": _page(
        "WordPress &rsaquo; Error",
        "<p>There has been a critical error on this website.</p><p><a href='https://wordpress.org/documentation/article/faq-troubleshooting/'>Learn more about troubleshooting WordPress.</a></p>",
    ),
}
PARKED = {
    "for sale": _page(
        HOST,
        f"<h1>{HOST}</h1><p>This domain is for sale. Buy this domain.</p><p>Related searches: Boats, Fishing</p>",
    ),
    "suspended": _page(
        "Account Suspended",
        "<h1>Account Suspended</h1><p>This Account has been suspended. Contact your hosting provider for more information.</p>",
    ),
    "nginx default": _page(
        "Welcome to nginx!",
        "<h1>Welcome to nginx!</h1><p>If you see this page, the nginx web server is successfully installed and working. Further configuration is required.</p>",
    ),
}
SHELLS = {
    "javascript please": _page(
        "The Gazette", "<p>You need to enable JavaScript to run this app.</p><div id='root'></div>"
    ),
    "turn it on": _page(
        "The Gazette",
        "<p>This site requires JavaScript. Please enable JavaScript in your browser and reload the page.</p>",
    ),
}

WALLS = {
    Trouble.CHALLENGE: CHALLENGES,
    Trouble.LOGIN: LOGINS,
    Trouble.CONSENT: CONSENTS,
    Trouble.AGE: AGES,
    Trouble.MISSING: MISSING,
    Trouble.MAINTENANCE: MAINTENANCES,
    Trouble.DATABASE: DATABASES,
    Trouble.PARKED: PARKED,
    Trouble.SHELL: SHELLS,
}

EMPTY = {
    "loading": _page("The Gazette", "<div id='root'><p>Loading...</p></div>"),
    "application": _page(
        "App", '<noscript>You need to enable JavaScript to run this app.</noscript><div id="root"></div>'
    ),
    "incapsula": '<html style="height:100%"><head><META NAME="ROBOTS" CONTENT="NOINDEX, NOFOLLOW"></head><body><iframe id="main-iframe" src="/_Incapsula_Resource?x=1">Request unsuccessful. Incapsula incident ID: 7-2</iframe></body></html>',
    "nothing": "",
    "a bare frame": "<html><head><title>The mill</title></head><body></body></html>",
}
"""Without any text: told by that alone, where there was some before."""
