"""The words by which an answer that is not the page gives itself away, in many languages.

`TITLES` must be the whole of a title, or of a part of it between separators; `SENTENCES` are searched for in
short sentences. `archive/gate.py` weighs what is found: no sign decides alone.
"""
# ruff: noqa: E501  (a pattern reads best unbroken)

import re
from enum import StrEnum


class Trouble(StrEnum):
    """What came instead of the page. The values are the reasons that are shown with a capture."""

    CHALLENGE = "a block page or CAPTCHA came instead of the page"
    LOGIN = "a log-in or subscription wall came instead of the page"
    CONSENT = "a consent wall came instead of the page"
    AGE = "an age gate came instead of the page"
    MISSING = "a soft 404: the page says under status 200 that it was not found"
    MAINTENANCE = "a maintenance page came instead of the page"
    DATABASE = "the site's database or program failed, under status 200"
    PARKED = "a parked domain's page came instead of the page"
    SHELL = "an empty shell came that needs JavaScript"


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


TITLES = {
    Trouble.CHALLENGE: _any(
        r"just a moment(?:\.{3}|…)?",
        r"attention required!?",
        r"access (?:to this page has been )?(?:denied|blocked)\.?",
        r"(?:sorry, )?you have been blocked",
        r"(?:403 )?forbidden",
        r"(?:please )?(?:verify|prove|confirm)(?: that)? you(?: are|['’]re) (?:a )?human",
        r"are you (?:a )?(?:human|robot)\??",
        r"(?:human|security|bot|browser) (?:verification|check)",
        r"checking your browser.{0,40}",
        r"pardon our interruption(?:\.{3}|…)?",
        r"request unsuccessful\.?",
        r"(?:re)?captcha",
        r"ddos-guard",
        r"robot check|unusual traffic(?: detected)?",
        r"(?:einen|nur einen) moment(?:,? bitte)?(?:\.{3}|…)?|zugriff verweigert",
        r"un instant(?:\.{3}|…)?|accès refusé|un momento(?:\.{3}|…)?|acceso denegado|accesso negato",
        r"um momento(?:\.{3}|…)?|acesso negado|even geduld(?:\.{3}|…)?|toegang geweigerd",
        r"доступ (?:запрещ[её]н|ограничен)|один момент(?:\.{3}|…)?|piekļuve liegta|odmowa dostępu",
        r"アクセスが拒否されました|访问被拒绝|请稍候.{0,3}|安全验证",
    ),
    Trouble.LOGIN: _any(
        r"(?:please )?(?:log|sign) ?in(?: required| to continue)?|login required|(?:member|subscriber) login",
        r"subscribe(?: now)?(?: to (?:read|continue).{0,30})?|subscription required",
        r"anmelden|anmeldung|einloggen|(?:se )?connexion|connectez-vous|iniciar sesión|accedi|accesso",
        r"entrar|iniciar sessão|inloggen|aanmelden|logga in|log ind|logg inn|kirjaudu(?: sisään)?",
        r"zaloguj się|logowanie|přihlášení|войти|вход|авторизация|увійти|ielogoties|pieslēgties|prisijungti",
        r"logi sisse|giriş yap|ログイン|登录|登入|로그인",
    ),
    Trouble.CONSENT: _any(
        r"we (?:value|care about|respect) your privacy|before you continue.{0,40}|cookie (?:consent|wall)",
        r"(?:your )?privacy (?:choices|settings|preferences)|(?:we use )?cookies",
        r"ihre (?:privatsphäre|datenschutzeinstellungen).{0,30}|wir schätzen ihre privatsphäre|zustimmung",
        r"(?:le respect de )?votre vie privée.{0,50}|valoramos (?:su|tu) privacidad|la tua privacy.{0,40}",
        r"wij respecteren (?:je|uw) privacy|sīkdatnes|cenimy twoją prywatność",
    ),
    Trouble.AGE: _any(
        r"age (?:verification|check|gate|confirmation)|are you (?:over )?\d\d(?: years old| or older)?\??",
        r"are you over \d\d\??|verify your age|adults only|altersprüfung|altersverifikation|vérification de l[’']âge",
        r"verificación de edad|verifica dell[’']età|leeftijdscontrole|подтвердите возраст|年齢確認",
    ),
    Trouble.MISSING: _any(
        r"(?:error |http |oops!? )?404(?: error)?(?:[\s:–—-]*(?:(?:page|file|document) )?not found\.?)?",
        r"(?:404[\s:–—-]*)?(?:error[\s:–—-]*)?(?:the )?(?:requested )?(?:page|file|document|content|article|url)"
        r"(?: (?:was|is|could))? ?(?:not|n[’']t)(?: be)? found[.!]?|not found",
        r"(?:oops!? )?(?:this|that|the) page (?:can(?:no|['’])t|does ?n[o’']t|could not) (?:be found|exist).{0,3}",
        r"page (?:does not exist|missing|unavailable|(?:is )?no longer available)|nothing (?:was )?found(?: here)?",
        r"(?:die )?(?:angeforderte )?seite (?:wurde )?nicht gefunden|seite existiert nicht",
        r"(?:erreur 404[\s:–—-]*)?(?:la )?page (?:introuvable|non trouvée|inexistante)|cette page n[’']existe pas",
        r"(?:error 404[\s:–—-]*)?(?:la )?página no (?:encontrada|existe|se encuentra)|no (?:se ha )?encontrad[oa]",
        r"(?:errore 404[\s:–—-]*)?(?:la )?pagina non trovata|(?:a )?página não (?:encontrada|existe)",
        r"(?:de )?pagina (?:is )?niet gevonden|sidan (?:kunde inte hittas|hittades inte|finns inte)",
        r"sid(?:en|a) (?:blev |ble )?ikke fun[dn]et|siden findes ikke|sivua ei (?:löydy|löytynyt)",
        r"(?:nie znaleziono strony|strona nie (?:została znaleziona|istnieje))|stránka nenalezena|stránka neexistuje",
        r"страница не найдена|ничего не найдено|сторінк[ау] не знайдено",
        r"lapa nav atrasta|lapa neeksistē|puslapis nerastas|lehekülge ei leitud|sayfa bulunamadı",
        r"(?:お探しの)?ページ(?:が|は)見つかりません.{0,6}|(?:页面|頁面|网页)(?:不存在|未找到)|找不到(?:页面|頁面|网页)",
        r"페이지를 찾을 수 없습니다|η σελίδα δεν βρέθηκε|az oldal nem található|pagina nu a fost găsită",
    ),
    Trouble.MAINTENANCE: _any(
        r"(?:site |website |system )?(?:is )?(?:under |down for |scheduled |in )?maintenance(?: mode| work)?",
        r"(?:we(?:['’]ll| will) be (?:right )?back(?: soon| shortly)?|be right back)[.!]?",
        r"(?:503 )?service (?:temporarily )?unavailable|temporarily (?:unavailable|down)|site offline",
        r"briefly unavailable for scheduled maintenance\..{0,30}",
        r"wartungs(?:arbeiten|modus)|wir sind (?:bald|gleich) (?:wieder )?(?:zurück|da)|(?:site )?en maintenance",
        r"(?:en|sitio en) mantenimiento|(?:sito )?in manutenzione|(?:site )?em manutenção|(?:in )?onderhoud",
        r"underhåll|przerwa techniczna|technická údržba|технические работы|технічні роботи",
        r"tehniskie darbi|techniniai darbai|bakımdayız|メンテナンス中|系统维护|网站维护中",
    ),
    Trouble.DATABASE: _any(
        r"error establishing a database connection|database (?:connection )?error|(?:500 )?internal server error",
        r"(?:fatal|application|server|runtime) error.{0,20}|50[234] .{3,30}|bad gateway|gateway time-?out",
        r"whoops, looks like something went wrong\.?|there has been a critical error on this website\.?",
        r"(?:an )?unhandled exception.{0,30}|unexpected error|web server is (?:down|returning an unknown error)",
        r"datenbankfehler|interner serverfehler|erreur (?:interne|de connexion).{0,40}|error de base de datos",
        r"errore di database|ошибка базы данных|datubāzes kļūda",
    ),
    Trouble.PARKED: _any(
        r"(?:this )?domain (?:name )?(?:is )?(?:for sale|parked|expired).{0,20}|parked domain|domain parking",
        r"welcome to nginx!?|apache2? .{0,20}default page.{0,20}|iis windows server|default web site page",
        r"(?:website|account|site) (?:suspended|has been suspended)|future home of something quite cool",
        r"domain (?:steht )?(?:zum verkauf|geparkt)",
    ),
    Trouble.SHELL: _any(
        r"loading(?:\.{3}|…)?|(?:please )?enable javascript.{0,20}|javascript (?:is )?(?:required|disabled).{0,10}",
        r"redirecting(?:\.{3}|…)?|please wait(?:\.{3}|…)?",
    ),
}

SENTENCES = {
    Trouble.CHALLENGE: _any(
        r"enable javascript and cookies to continue|cloudflare ray id|\bray id: ?[0-9a-f]{8}",
        r"needs to review the security of your connection|checking (?:if the site connection is secure|your browser)",
        r"(?:verify|verifying|confirm|prove)(?: that)? (?:you(?: are|['’]re)|that you are) (?:not )?(?:a )?(?:human|robot|bot)",
        r"incapsula incident id|request unsuccessful|_incapsula_resource|errors\.edgesuite\.net",
        r"you don['’]t have permission to access .{0,200} on this server|reference #\d+\.[0-9a-f]{6}",
        r"(?:press|hold|tap) (?:& |and )?hold .{0,40}human|(?:please )?enable js and disable any ad blocker",
        r"access to this page has been denied|automated (?:access|requests)|automation tools to browse",
        r"unusual (?:traffic|activity) from your|you have been blocked|security service to protect itself",
        r"(?:solve|complete|enter) (?:the|this) (?:captcha|characters|security check|puzzle)|i['’]?m not a robot",
        r"(?:your )?browser will redirect to your requested content|made us think (?:that )?you (?:were|are|might be) a bot|ddos protection by",
        r"(?:bestätigen|beweisen) sie,? dass sie (?:ein mensch|kein roboter) sind",
        r"(?:vérifi|confirm)(?:er|ez) que vous (?:êtes humain|n['’]êtes pas un robot)|verifica(?:r)? que eres (?:un )?humano",
        r"no eres un robot|non sei un robot|não é um robô|geen robot bent|что вы (?:не робот|человек)",
        r"ka neesat robots|nie jesteś robotem|ロボットではありません|(?:完成|进行)(?:安全)?验证|人机(?:身份)?验证",
    ),
    Trouble.LOGIN: _any(
        r"(?:log|sign) ?in (?:or (?:register|subscribe|sign up) )?to (?:continue|read|view|access|see)",
        r"(?:must|need to|have to) (?:be logged in|log ?in|sign ?in|register|subscribe)|please (?:log|sign) ?in",
        r"subscribe (?:now )?to (?:continue|read|keep reading|unlock)|to continue reading,|already (?:a )?(?:subscriber|member)",
        r"(?:article|content|page) is (?:only )?(?:available |reserved )?(?:only )?(?:for|to) (?:our )?(?:registered |paying )?(?:subscribers|members)",
        r"forgot(?:ten)? (?:your )?password\?|remember me",
        r"(?:bitte )?(?:melden sie sich|loggen sie sich) .{0,30}(?:an|ein)\b|nur für abonnenten|jetzt abonnieren",
        r"(?:connectez|identifiez|abonnez)-vous pour|(?:article )?réservé aux abonnés|mot de passe oublié",
        r"inici(?:a|e) sesión para|suscríb(?:e|a)te para|contenido (?:exclusivo )?para suscriptores",
        r"accedi per (?:continuare|leggere)|abbonati per|(?:faça|inicie) .{0,10}(?:login|sessão) para|log in om (?:verder )?te lezen",
        r"logga in för att|zaloguj się,? aby|войдите,? чтобы|только для подписчиков|(?:ielogojies|pieslēdzies|abonē),? lai",
        r"tikai abonentiem|prisijunkite|続きを読むには|会員限定|请登录|登录后",
    ),
    Trouble.CONSENT: _any(
        r"(?:we|and) (?:and )?our (?:\d+ )?partners (?:store|process|use)|store and/or access information on (?:a|your) device",
        r"(?:accept|agree to|consent to) (?:all |the (?:use of )?|our use of )?cookies to (?:continue|read|view|access)",
        r"before you continue to|your consent .{0,40}(?:required|needed)|with your permission we",
        r"(?:wir|und) (?:und )?unsere (?:\d+ )?partner (?:speichern|verarbeiten|verwenden)|mit werbung und (?:tracking|cookies) weiter",
        r"(?:nous|et) (?:et )?nos (?:\d+ )?partenaires (?:stock|utilis|trait)|accepter les cookies pour (?:continuer|lire)",
        r"nosotros y nuestros (?:\d+ )?socios|noi e i nostri (?:\d+ )?partner|nós e os nossos (?:\d+ )?parceiros",
        r"wij en onze (?:\d+ )?partners|my i nasi (?:\d+ )?partnerzy|мы и наши партн[её]ры",
    ),
    Trouble.AGE: _any(
        r"(?:you )?must be (?:at least )?\d\d(?: years)?(?: of age| old| or older| or over)* to (?:enter|view|visit|access)",
        r"(?:confirm|verify)(?: that)? (?:you are|your age|you['’]re)(?: at least| over)?(?: \d\d)?",
        r"yes, i am (?:over |at least )?\d\d|(?:sind sie|ich bin) (?:über|mindestens) \d\d|avez-vous (?:plus de )?\d\d ans",
        r"¿(?:eres|tiene[s]?) (?:mayor de|más de) (?:edad|\d\d)|мне (?:уже )?есть \d\d|вам (?:уже )?есть \d\d|(?:vai|jums) ir \d\d gad",
    ),
    Trouble.MISSING: _any(
        r"(?:page|url|address|document|file|content|link) (?:that )?(?:you(?: have|['’]ve|['’]re| are|['’]d| were)? "
        r"(?:requested|asked for|looking for|trying to (?:reach|view|access)|followed|were looking for)|requested)"
        r".{0,60}(?:not|no longer|n['’]t|moved|removed|deleted|missing|gone)",
        r"(?:could not|couldn['’]t|cannot|can['’]t|unable to) (?:be )?(?:find|found|locate)(?: the| this| that)? "
        r"(?:page|url|file|document|content)|(?:that|this|the) page (?:can['’]?t|can(?:no|['’])t|could not) be found",
        r"nothing was found (?:at this location|here)|the requested (?:url|page|resource) .{0,120}not (?:be )?(?:found|exist)",
        r"(?:page|article) (?:you are looking for )?does(?: not|n['’]t) exist|(?:error|http) 404|404 (?:error|not found)",
        r"(?:von ihnen )?(?:angeforderte|gesuchte|aufgerufene) (?:seite|url|adresse) .{0,60}(?:nicht|existiert|verschoben)",
        r"seite (?:konnte |wurde )?(?:leider )?nicht gefunden|page (?:que vous (?:recherchez|demandez|cherchez)|demandée) "
        r".{0,60}(?:pas|plus|introuvable|déplacée|supprimée)",
        r"página (?:que (?:busca|buscas|está buscando|solicita|procura)|solicitada|solicitou) .{0,60}(?:no|não|ha sido)",
        r"pagina (?:che (?:stai cercando|cerchi|hai richiesto)|richiesta) .{0,60}(?:non|stata)|pagina (?:die (?:je|u) zoekt|bestaat niet)",
        r"sidan (?:du söker|kunde inte)|siden du (?:leder|leter)|sivua ei (?:löyt|valitettavasti)",
        r"strona,? (?:której szukasz|o podanym adresie).{0,60}nie|(?:požadovaná|hledaná) stránka",
        r"(?:запрашиваем(?:ая|ой)|запрошенн(?:ая|ой)) (?:вами )?страниц|страниц[аы],? котор(?:ую|ая) вы (?:ищете|искали)|такой страницы (?:не существует|нет)",
        r"(?:meklētā|pieprasītā) lapa .{0,40}(?:nav|neeksistē)|(?:ieškomas|prašomas) puslapis|otsitavat lehte|aradığınız sayfa",
        r"(?:お探し|ご指定|アクセス)の?(?:しようとした)?ページ.{0,30}(?:見つかり|存在し|削除)|(?:您|你)(?:访问|要找|请求|訪問)的(?:页面|頁面|网页)",
        r"요청하신 페이지",
    ),
    Trouble.MAINTENANCE: _any(
        r"(?:site|website|page|service|system|we) (?:is|are|['’]re) (?:currently |temporarily |briefly )*"
        r"(?:down|undergoing|under|unavailable|offline|performing|in)(?: for| due to)?.{0,30}(?:maintenance|upgrade|update)",
        r"briefly unavailable for scheduled maintenance|(?:temporarily|currently) (?:unavailable|offline)|check back (?:soon|in a|later|shortly)",
        r"(?:we(?:['’]ll| will)|should) be back (?:soon|shortly|online|up)|sorry for the inconvenience",
        r"(?:wegen|derzeit|aktuell) .{0,30}wartung|en cours de maintenance|maintenance (?:programmée|en cours)",
        r"(?:estamos|está) .{0,20}(?:mantenimiento|em manutenção)|manutenzione (?:programmata|in corso)|in onderhoud",
        r"(?:ведутся|проводятся) технические работы|trwają prace (?:techniczne|konserwacyjne)|(?:notiek|veicam) (?:tehnisk|apkop)",
        r"ただいまメンテナンス|(?:系统|网站)(?:正在)?维护",
    ),
    Trouble.DATABASE: _any(
        r"error establishing a database connection|can(?:no|['’])t connect to (?:local )?(?:mysql|the database)",
        r"(?:warning|fatal error|parse error|notice): .{0,200} (?:in|on line) .{0,200}|sqlstate\[|mysqli?_connect|pg_connect\(",
        r"too many connections|access denied for user|table ['‘`].{1,80}['’`] doesn['’]t exist|syntax error .{0,40}sql",
        r"there has been a critical error on (?:this|your) website|(?:an )?(?:unexpected|internal server|application) error (?:has )?occur",
        r"the server encountered (?:an|a temporary) .{0,30}error|uncaught (?:exception|error)|stack trace:|traceback \(most recent",
        r"the website encountered an unexpected error|(?:bad gateway|gateway time-?out|backend fetch failed)",
        r"verbindung zur datenbank|connexion à la base de données|conexión con la base de datos|подключени[яю] к базе данных",
    ),
    Trouble.PARKED: _any(
        r"(?:this )?domain(?: name)? (?:is |may be |has )?(?:been )?(?:for sale|parked|expired|registered)|buy this domain",
        r"related searches:|inquire about this domain|(?:account|site|website) has been suspended|parked free",
        r"if you see this page, the nginx web server|it works!? .{0,40}apache|default (?:welcome )?page",
        r"domain (?:steht |ist )?zu(?:m verkauf| verkaufen)|ce domaine est à vendre|dominio (?:está )?en venta|домен (?:продается|припаркован)",
    ),
    Trouble.SHELL: _any(
        r"(?:please )?(?:enable|activate|turn on|allow) java ?script|java ?script (?:is |must be |needs to be )(?:required|disabled|enabled|not)",
        r"need to enable javascript|(?:requires|without) java ?script|browser (?:does not support|is not supported)",
        r"^loading(?:\.{3}|…)?$|^please wait|if you are not redirected|you are being redirected",
        r"javascript (?:aktivieren|muss|ist)|activ(?:er|ez) javascript|(?:active|activar|habilite) javascript|abilita(?:re)? javascript",
        r"включит[ье] javascript|ieslēdziet javascript|javascriptを(?:有効|オン)|启用 ?javascript",
    ),
}

WALLS = frozenset({Trouble.LOGIN, Trouble.CONSENT, Trouble.AGE})
"""What a site puts before its own pages, under their titles."""

REFUSALS = WALLS | {Trouble.CHALLENGE}
"""What means that we, and not everybody, did not get the page: the verdict is `blocked`, else `failed`."""
