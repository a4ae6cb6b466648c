"""Opposites of everyday English."""

from __future__ import annotations

# One line an axis, the two sides apart by `|`. Words that have several everyday senses are left out.
AXES = """
more increase rise grow gain climb higher greater | less fewer decrease decline shrink lose drop lower reduce
large big huge enormous massive giant | small tiny little minor
want wanted willing eager | refuse refused unwilling reluctant
accept agree welcome approve | refuse reject decline oppose disagree
allow permit enable let | forbid ban prohibit prevent block illegal
easy simple effortless straightforward easier | hard difficult tough tricky painful harder complicated challenging
fast quick rapid speedy faster quicker quickly | slow sluggish slower slowly
cheap inexpensive affordable cheaper | expensive pricey
free gratis | paid charge fee priced
safe harmless secure | dangerous harmful risky unsafe harm hurt damage threaten ill
healthy healthier | unhealthy sick
love enjoy like adore fond fan appreciate enthusiastic keen welcome | hate dislike loathe detest annoy annoyed
happy glad pleased excited delighted | sad unhappy angry disappointed upset
afraid scared terrified frightened fear nervous | fearless unafraid brave calm
trust believe confident certain sure convinced | doubt distrust skeptical sceptical unsure uncertain unclear suspicious
know aware known knew | unaware unknown ignorant
remember recall | forget forgot
begin start open opened | end finish close closed shut stop quit cease
before earlier prior beforehand | after later afterwards subsequently
early earliest | late latest
first initially | last finally
new recent modern young younger newer | old ancient outdated older obsolete
unchanged same remain remained stayed constant | changed change changing shifted
gradual gradually slowly | abrupt abruptly sudden suddenly overnight
expected | unexpected surprised surprise surprising
same identical similar alike | different differ distinct unlike
true correct right accurate justified | false wrong incorrect inaccurate untrue unfounded unjustified
good great excellent positive well | bad terrible awful poor negative horrible suck badly
better best improve superior outperform improvement | worse worst worsen inferior
success succeed successful win won | failure fail unsuccessful lost losing
buy bought purchase | sell sold
give gave offer provide | withhold deny
include contain | exclude omit
keep stay remain retain | leave left remove abandon discard move
public open-source disclosed open shared | private secret proprietary hidden undisclosed confidential
online | offline
local nearby | remote distant
inside internal indoors | outside external outdoors
strong powerful stronger | weak weaken fragile weaker
hot warm heat | cold cool frost
wet humid rain rainy | dry drought
heavy heavier | light lighter lightweight
day daytime | night overnight
possible feasible can able | impossible unable cannot
necessary essential needed required | unnecessary optional
important crucial significant matter | unimportant trivial irrelevant insignificant
rich wealthy | poor
full complete completely entirely finished whole | empty incomplete partial partly unfinished
natural | artificial
manual manually | automatic automated automatically
human person people | robot
centralized central centralised | decentralized distributed federated decentralised
supervised labeled labelled | unsupervised unlabeled unlabelled
deterministic predictable | random nondeterministic unpredictable probabilistic
common usual ordinary typical | rare unusual uncommon rarer
popular | unpopular
plan intend intentional deliberate | accident accidental unplanned coincidence unexpected
agreement consensus | dispute disagreement
support favour favor encourage recommend endorse | oppose discourage discourages against reject
share shared | hoard
grow growth | shrinkage
together jointly | separately alone apart
serial sequential single-threaded | parallel simultaneous
structured tabular | unstructured
simple | complex sophisticated
busy | idle
optimistic hopeful | pessimistic
win | lose
alive living survive survived | dead died extinct killed dies
clean | dirty polluted contaminate
visible seen | invisible hidden
guilty | innocent
male | female
employer | employee
teacher | student
upper up upward | down downward
left | right
north | south
east | west
wide broad wider | narrow limited narrower
deep deeper | shallow
longer longest | shorter shortest
loud louder noisy | quiet silent quieter
smooth | rough bumpy
arrive arrival | depart departure
borrow | lend
build built construct create | destroy dismantle demolish
hire recruit | fire dismiss sack
permanent | temporary
present attend attended | absent missing
majority | minority
voluntary | compulsory mandatory
profit | loss
benefit advantage useful help helped helpful | harm disadvantage drawback downside handicap hinder useless
strength | weakness
friend ally | enemy rival
awake | asleep slept sleeping
sweet | sour bitter
appear emerge | disappear vanish
attract | repel
import | export
major | minor
connect connected | disconnect disconnected
interested curious | bored indifferent uninterested
follow | ignore
rise rose | fall fell
reveal disclose showed shown | hide hid conceal concealed
praise | criticise criticize
honest sincere | dishonest
tight | loose
raise raised | lower lowered
strict stricter severe harsh | lenient generous gentle
hit struck | missed
cancel cancelled terminated | renewed extended
continue continued | stopped paused abandoned
furious angry outraged | content satisfied indifferent
worthless | valuable precious
careful cautious | careless reckless
crowded | deserted
famous renowned | obscure
fertile | barren
tall taller | short shorter
thick thicker | thin thinner
blame blamed | thank thanked praised
defend defended | attack attacked
gather gathered | scatter scattered
proud | ashamed embarrassed
relieved | worried concerned anxious
reliable dependable | unreliable flaky
satisfied | dissatisfied frustrated
deliberately | accidentally
underestimated | overestimated
cooperate | compete
obey obeyed | disobeyed defied
spend spent | saved
keen eager determined enthusiastic embrace | reluctant hesitant unwilling hesitate
favour favor supportive back backed applaud | opposed critical object objected protest protested
listen listened heed heeded | ignored disregard dismissed
encourage encouraged urge urged persuade | discourage discouraged dissuade warned
obligatory compulsory mandatory must required | optional voluntary
banned prohibited forbidden illegal outlawed | permitted allowed legal lawful
intact undamaged unscathed survive survived | destroyed ruined wrecked damaged killed
smoothly smooth flawless flawlessly | chaotic badly disastrous disaster messy
relaxed calm easy-going | tense stressful scary nervous frightening
quickly soon immediately promptly instantly | eventually gradually late belatedly
recover recovered rebound rebounded | collapse collapsed
upset bothered annoyed disturbed worried worry | unbothered relaxed indifferent
praised celebrated admired | mocked ridiculed criticised criticized laughed
funded subsidised subsidized sponsored | unfunded
frequent frequently often regularly constantly | infrequent rarely seldom occasionally
abundant plenty plentiful | scarce shortage scarcity
promoted | demoted fired
hopeful optimist optimistic | hopeless pessimist pessimistic
convincing compelling | unconvincing weak
flat level | steep sloping
mild gentle light lightest mildest | strong strongest harsh intense
vague fuzzy | precise exact
amateur amateurs beginner novice | professional professionals expert master masters veteran
empty | crowded packed full
friendly polite kind courteous | hostile rude unkind
sold | kept retained
married | divorced
united | divided split
solved resolved settled | unsolved unresolved open pending
confirmed certain settled | undecided unconfirmed open pending uncertain
replaced | restored preserved kept
stationary still parked | moving
cure cured healed heal | worsened infected
locked | unlocked
frozen | thawed melted
rehearsed planned prepared | improvised spontaneous
attractive beautiful gorgeous | ugly
fat overweight | thin slim
drunk | sober
employed | unemployed jobless
insured | uninsured
ready | unready unprepared
vegetarian | carnivore
backwards backward | forwards forward
inhale | exhale
immigrate | emigrate
ascend climbed | descend descended
load | unload
mainstream | fringe niche
lasting durable | short-lived fleeting
loved adored | hated loathed despised
enjoyed liked | hated disliked dreaded
thrilled overjoyed | dismayed devastated miserable
won | lost
learn learned taught | unlearn
trusting trusted | distrustful mistrusted
"""
