// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../src/IEscrow.sol";
import {QuorumTest} from "../epochs/QuorumTest.sol";
import {Reader} from "../Reader.sol";
import {Signing} from "../Signing.sol";

/// What payees try together against their publisher, and the publisher against payees who replace it.
contract AttacksByQuorumsTest is QuorumTest {
    using Reader for IEscrow;

    /// All payees agree to take the rest of the budget while the publisher is there.
    function test_a_quorum_cannot_steal_from_a_live_publisher() public {
        postWeights(0, equal(3, 3 ether));
        Forced memory greedy = forcedOf(0, 7 ether);
        expectRefusal(OverForceCap.selector, 7 ether, 0.75 ether);
        force(greedy, attest(greedy, 3));
        Forced memory forced = forcedOf(0, 0.75 ether);
        force(forced, 3);
        vm.warp(block.timestamp + 1 days - 1);
        veto(forced);
        vm.warp(block.timestamp + 10 days);
        expectRefusal(NotFinal.selector, FORCED, 0);
        escrow.claim(proven(jobId, FORCED, 0.75 ether));
        assertEq(escrow.job(jobId).committed, 3 ether, "nothing was lost");
    }

    /// And if it sleeps, they get a quarter of what was final, however often they force.
    function test_a_quorum_gets_a_quarter_at_most_however_often_it_forces() public {
        postWeights(0, equal(4, 4 ether));
        for (uint256 i = 0; i < 5; ++i) {
            force(forcedOf(i, 0.2 ether), 3);
            vm.warp(block.timestamp + 1 days);
        }
        Forced memory more = forcedOf(5, 1);
        expectRefusal(OverForceCap.selector, 1 ether + 1, 1 ether);
        force(more, attest(more, 3));
    }

    /// What was forced does not count as final of the settler: else each forced epoch would allow the next.
    function test_forced_totals_do_not_raise_the_cap() public {
        postWeights(0, equal(4, 4 ether));
        force(forcedOf(0, 1 ether), 3);
        vm.warp(block.timestamp + 2 days);
        Forced memory more = forcedOf(1, 1);
        expectRefusal(OverForceCap.selector, 1 ether + 1, 1 ether);
        force(more, attest(more, 3));
    }

    /// One veto is sent again, against the epoch that is forced in place of the one it named.
    function test_a_replayed_veto_cancels_nothing_more() public {
        postWeights(0, equal(3, 3 ether));
        Forced memory first = forcedOf(0, 0.5 ether);
        force(first, 3);
        Veto memory order = Veto(jobId, first.epoch, first.root);
        bytes memory signature = sign(SETTLER_KEY, Signing.hash(order));
        escrow.veto(order, signature);
        expectRefusal(NotPending.selector, FORCED, 0);
        escrow.veto(order, signature);

        Forced memory second = forcedOf(1, 0.5 ether); // the same root
        force(second, 3);
        expectRefusal(NotPending.selector, FORCED, 0);
        escrow.veto(order, signature);
        order.epoch = second.epoch;
        expectRefusal(WrongSigner.selector, uint160(settler), uint256(Signing.hash(order)));
        escrow.veto(order, signature);
        vm.warp(block.timestamp + 1 days);
        escrow.claim(proven(jobId, FORCED | 1, 0.5 ether));
    }

    /// The signatures under a vetoed epoch are sent again.
    function test_a_vetoed_epoch_cannot_be_forced_again_with_the_old_signatures() public {
        postWeights(0, equal(3, 3 ether));
        Forced memory forced = forcedOf(0, 0.5 ether);
        Attestation[] memory list = attest(forced, 3);
        force(forced, list);
        veto(forced);
        expectRefusal(WrongEpoch.selector, FORCED, FORCED | 1);
        force(forced, list);
        forced.epoch = FORCED | 1;
        uint256 hash = uint256(Signing.hash(forced));
        expectRefusal(WrongSigner.selector, uint160(list[0].leaf.account), hash);
        force(forced, list);
    }

    /// A publisher that has left, or whoever hoards what it signed, posts old statements to cancel what was forced.
    function test_hoarded_statements_do_not_cancel_a_forced_epoch() public {
        postWeights(0, equal(3, 3 ether));
        Statement memory hoarded = statementOf(jobId, 1 ether);
        hoarded.epoch = 1;
        Forced memory forced = forcedOf(0, 0.75 ether);
        force(forced, 3);
        post(hoarded);
        (hoarded.seq, hoarded.last) = (2, true);
        post(hoarded);
        hoarded.epoch = forced.epoch;
        hoarded.seq = 3;
        expectRefusal(WrongEpoch.selector, forced.epoch, 0);
        post(hoarded);
        assertEq(escrow.epoch(jobId, forced.epoch).root, forced.root, "untouched");
        vm.warp(block.timestamp + 1 days);
        escrow.claim(proven(jobId, FORCED, 0.75 ether));
        escrow.claim(proven(jobId, 1, 1 ether));
        assertEq(payee(0).balance, 1.75 ether, "both are paid");
    }

    /// One payee takes many names: names weigh nothing, only what the settler has signed for them.
    function test_many_names_weigh_no_more_than_one() public {
        uint256[] memory amounts = new uint256[](16);
        amounts[15] = 2.4 ether; // an honest payee
        for (uint256 i = 0; i < 15; ++i) {
            amounts[i] = i < 3 ? 0.2 ether : 0; // one that has earned 0.6 in three names, and has twelve more
        }
        postWeights(0, amounts);
        Forced memory forced = forcedOf(0, 0.1 ether);
        expectRefusal(NoQuorum.selector, 0.6 ether, 3 ether);
        force(forced, attest(forced, 15));
    }

    /// It signs with the weight of another, or with one leaf under two accounts.
    function test_nobody_signs_with_the_weight_of_another() public {
        postWeights(0, equal(3, 3 ether));
        Forced memory forced = forcedOf(0, 0.1 ether);
        Attestation[] memory list = attest(forced, 3);
        list[1].signature = sign(0xBAD, Signing.hash(forced));
        expectRefusal(WrongSigner.selector, uint160(list[1].leaf.account), uint256(Signing.hash(forced)));
        force(forced, list);
    }

    /// Weight that was final once and is not in the latest epoch does not count.
    function test_payees_of_an_older_epoch_are_no_quorum() public {
        postWeights(0, equal(3, 3 ether));
        Forced memory forced = forcedOf(0, 0.1 ether);
        Attestation[] memory old = attest(forced, 3);
        Statement memory latest = statementOf(jobId, 1 ether);
        latest.epoch = 1;
        post(latest);
        vm.warp(block.timestamp + 1 hours);
        expectRefusal(WrongLength.selector, old[0].proof.length, 0);
        force(forced, old);
    }
}
